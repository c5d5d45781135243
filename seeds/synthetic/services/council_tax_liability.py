"""What the revenues system holds: who is liable for a home, mostly under an initial or a name."""

from datetime import timedelta

from seeds.synthetic.services.base import address, households

TAXED = ("house", "flat", "hmo", "traveller_pitch")
ONLY_AN_INITIAL, A_NEW_NUMBER, A_SENSITIVE_ACCOUNT = 0.12, 0.4, 0.001


def hold(holding, people):
    """The accounts of these people's homes for six years back."""
    random, anchor = holding.random, holding.ward.anchor
    stays = {}
    for person in people:
        for stay in () if person.is_scripted else person.stays:
            ended_long_ago = stay.end and stay.end < anchor - timedelta(days=6 * 365)
            is_taxed = stay.dwelling.kind in TAXED and stay.dwelling.is_in_area
            if is_taxed and not ended_long_ago and stay.start <= anchor:
                stays.setdefault(stay.dwelling.dwelling_id, []).append((stay, person))
    owners = [one for one in people if one.home and one.home.tenure == "owned"]
    for found in stays.values():
        for household in households(found):
            adults = [pair for pair in household if pair[1].age(pair[0].start) >= 18]
            if not adults:
                continue
            dwelling = household[0][0].dwelling
            if dwelling.kind == "hmo":
                # the owner pays, and lives elsewhere
                if owners:
                    liable(
                        holding, holding.reference("CT"), random.choice(owners), dwelling,
                        min(stay.start for stay, _ in household), None, "owner_liable",
                    )  # fmt: skip
                continue
            account(holding, adults)


def account(holding, adults):
    """One account: who came first, and mostly the partner; grown children and lodgers are not."""
    random, anchor = holding.random, holding.ward.anchor
    reference = holding.reference("CT")
    adults = sorted(adults, key=lambda pair: (pair[0].start, -pair[1].age(anchor)))
    stay, lead = adults[0]
    named = [(stay, lead)] + [
        pair
        for pair in adults[1:2]
        if abs(pair[1].age(anchor) - lead.age(anchor)) < 16 and random.random() < 0.75
    ]
    discount = "single_person" if len(adults) == 1 or random.random() < 0.03 else ""
    for stay, person in named:
        # a move is told within weeks, or found out within months
        told = timedelta(days=int(random.expovariate(1 / 20)))
        end = stay.end and min(stay.end + told, anchor)
        liable(holding, reference, person, stay.dwelling, stay.start, end, discount)


def liable(holding, reference, person, dwelling, start, end, discount=""):
    """A row of the account; a known person keeps the number, or is given another."""
    random = holding.random
    known = holding.known.get(person)
    if known and random.random() > A_NEW_NUMBER:
        record = known[-1]
    else:
        record = holding.record(person, holding.reference("L", "person"))
        record.given_name = (
            person.given_name[0] if random.random() < ONLY_AN_INITIAL else person.given_name
        )
        record.date_of_birth = record.expected_date_of_birth = None
        record.nhs_number = record.upn = record.sex = ""
    home = address(dwelling)
    home.is_sensitive = random.random() < A_SENSITIVE_ACCOUNT
    holding.add(
        "liability", record, home, account_ref=reference, person_ref=record.source_person_id,
        liability_start=start, liability_end=end, discount_type=discount,
    )  # fmt: skip
