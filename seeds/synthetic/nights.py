"""Stage 5: what changes from one night to the next, about one row in a hundred.

Night n is night 1 with every change up to n, so all other rows keep their bytes. Changes are dated
in the week before night 1: no date depends on when a night is asked for. The police sheet, which
comes once, does not change.
"""

from dataclasses import replace
from datetime import timedelta
from random import Random

from seeds.synthetic import families, identifiers, population
from seeds.synthetic.services.base import address

SHARE = 0.012


def turn(ward, holdings, night, hold) -> None:
    """One more night: rows are edited, a family moves, another becomes known."""
    changing = {feed: holding for feed, holding in holdings.items() if feed != "police"}
    ward.random = Random(f"{ward.seed}/{ward.number}/night {night}")
    for feed, holding in changing.items():
        holding.random = Random(f"{ward.seed}/{ward.number}/{feed}/night {night}")
        for table in list(holding.tables):
            if table in EDITS:
                edit(holding, table)
    move_house(ward, changing)
    become_known(ward, changing, hold)


def edit(holding, table) -> None:
    """Change some rows of a table, each in the way such rows change."""
    random, held = holding.random, holding.tables[table]
    wanted = int(len(held) * SHARE + random.random())
    for row in random.sample(held, len(held)):
        if wanted == 0:
            break
        if not row.is_spared and EDITS[table](holding, row):
            wanted -= 1


def lately(holding):
    """A day in the week before the council began."""
    return holding.ward.anchor - timedelta(days=holding.random.randint(1, 6))


def corrected(holding, row) -> bool:
    """A name or a birth date put right."""
    record, true = row.record, row.record.person
    wrong = (record.given_name, record.family_name) != (true.given_name, true.family_name)
    if not wrong or not record.given_name:
        return False
    record.given_name, record.family_name = true.given_name, true.family_name
    return True


def new_telephone(holding, row) -> bool:
    """Another number."""
    row.record.telephone = identifiers.telephone(holding.random, row.record.person.number + 1)
    return True


def ended(start, end, **also):
    """An edit that closes what is open."""

    def close(holding, row) -> bool:
        if row.values.get(end) or row.values[start] >= holding.ward.anchor - timedelta(days=7):
            return False
        row.values |= {end: lately(holding), **also}
        return True

    return close


def referred(holding, row) -> bool:
    """An open referral is closed; after a closed one the child is referred again."""
    if not row.values["cine_close_date"]:
        closed = max(lately(holding), row.values["cine_referral_date"])
        row.values |= {"cine_close_date": closed, "cine_close_reason": "RC7"}
        return True
    values = row.values | {
        "cine_referral_id": holding.reference("R"), "cine_referral_date": lately(holding),
        "cine_close_date": None, "cine_close_reason": "", "cine_referral_nfa": "N",
    }  # fmt: skip
    holding.tables["cin_episodes"].append(replace(row, values=values))
    return True


def handed_over(holding, row) -> bool:
    """Another worker takes over."""
    if row.values["invo_involvement_end_date"]:
        return False
    day = max(lately(holding), row.values["invo_involvement_start_date"])
    others = [one for one in holding.tables["professionals"] if not one.is_spared]
    other = holding.random.choice(others).values["prof_professional_id"]
    values = row.values | {
        "invo_involvements_id": holding.reference("V"), "invo_professional_id": other,
        "invo_involvement_start_date": day,
    }  # fmt: skip
    row.values |= {"invo_involvement_end_date": day, "invo_worker_change_reason": "MANAGE"}
    holding.tables["involvements"].append(replace(row, values=values))
    return True


def attended(holding, row) -> bool:
    """This year's attendance, a day later."""
    if row.values["leaving_date"]:
        return False
    row.values["attendance_rate_ytd"] = f"{min(100.0, holding.random.gauss(93, 5)):.1f}"
    return True


def reviewed(holding, row) -> bool:
    """A service ends, or is reviewed."""
    if row.values["event_type"] == "Service" and not row.values["event_end_date"]:
        row.values |= {
            "event_end_date": max(lately(holding), row.values["event_start_date"]),
            "event_outcome": "Service ended as planned",
        }
        return True
    return False


def noted(holding, row) -> bool:
    """A case note was written."""
    if row.values["referral_end"]:
        return False
    row.values["last_case_note_date"] = max(lately(holding), row.values["referral_start"])
    return True


def another_officer(holding, row) -> bool:
    """The patch has another officer."""
    other = holding.random.choice(holding.tables["tenancy"]).values
    for column in ("worker_id", "worker_name", "worker_email", "worker_phone"):
        row.values[column] = other[column]
    return True


def balance(holding, row) -> bool:
    """The rent run: another balance, or the case is closed."""
    if row.values["status"] != "open":
        return False
    if row.values["event_type"] == "rent_arrears" and holding.random.random() < 0.7:
        row.values["balance"] = (
            f"{float(row.values['weekly_rent']) * holding.random.uniform(1, 14):.2f}"
        )
    else:
        row.values |= {"status": "closed", "closed": max(lately(holding), row.values["opened"])}
    return True


def discounted(holding, row) -> bool:
    """A discount is claimed, or taken away."""
    if row.values["liability_end"] or row.values["discount_type"] == "owner_liable":
        return False
    row.values["discount_type"] = "" if row.values["discount_type"] else "single_person"
    return True


EDITS = {
    "person": corrected,
    "related_person": new_telephone,
    "cin_episodes": referred,
    "early_help_episodes": ended(
        "earl_episode_start_date", "earl_episode_end_date", earl_episode_end_reason="Needs met"
    ),
    "involvements": handed_over,
    "enrolment": attended,
    "contact": new_telephone,
    "cld": reviewed,
    "allocation": noted,
    "tenancy": another_officer,
    "member": new_telephone,
    "event": balance,
    "asb_case": ended("opened", "closed", status="closed"),
    "asb_person": new_telephone,
    "liability": discounted,
}


def move_house(ward, holdings) -> None:
    """One household moves; those whom it concerns hear of it at once."""
    movable = [home for home in ward.places.occupied if home.kind in ("house", "flat")]
    old = ward.random.choice(movable)
    movers = [person for person in ward.people if person.home is old and not person.is_scripted]
    new, day = (
        ward.places.vacant(ward.random.choice(("private", "social"))),
        ward.anchor - timedelta(days=5),
    )
    for person in movers:
        ward.move(person, new, day)
    new.occupied_from = day
    ward.places.occupied.append(new)
    moved = set(movers)
    csc, school = holdings["childrens_social_care"], holdings["school"]
    numbers = {r.source_person_id for r in csc.records if r.person in moved}
    for row in list(csc.tables["address"]):
        if (
            row.values["addr_person_id"] in numbers
            and row.address.uprn == old.uprn
            and not row.address.end
        ):
            values = row.values | {"addr_table_id": csc.reference("A")}
            csc.tables["address"].append(
                replace(row, values=values, address=address(new, day, None, "Home"))
            )
            row.address.end = day
    for row in school.tables["enrolment"]:
        if row.record.person in moved and not row.values["leaving_date"]:
            row.address = address(new, day)
    for row in holdings["housing"].tables["member"]:
        if row.record.person in moved and not row.values["end_date"]:
            row.values["end_date"] = max(day, row.values["start_date"])
    tax = holdings["council_tax_liability"]
    reference = tax.reference("CT")
    for row in list(tax.tables["liability"]):
        if row.record.person in moved and not row.values["liability_end"]:
            row.values["liability_end"] = max(day, row.values["liability_start"])
            values = row.values | {
                "account_ref": reference, "liability_start": day, "liability_end": None,
            }  # fmt: skip
            again = replace(row, values=values, address=address(new))
            tax.tables["liability"].append(again)


def become_known(ward, holdings, hold) -> None:
    """A family that no service had met."""
    before = len(ward.people)
    ward.random.choice((families.two_parents, families.lone_mother, families.separated))(ward)
    newcomers = ward.people[before:]
    population.kin(ward, newcomers)
    hold(ward, holdings, newcomers)
