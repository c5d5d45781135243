"""What the force's sheet holds: people in occurrences of six years, wherever they live."""

from datetime import timedelta

from seeds.synthetic import identifiers, names
from seeds.synthetic.services.base import address, staff

EXTRACT_AGE = (
    50  # days before the as-of date: past the feed's error age, so the demo shows out_of_date
)
OFFENCES = (
    ("00801", "Assault occasioning actual bodily harm", "violence_with_injury", 14),
    ("10501", "Common assault", "violence_without_injury", 22),
    ("00857", "Harassment", "violence_without_injury", 8),
    ("01908", "Rape of a female aged 16 or over", "rape", 2),
    ("02001", "Sexual assault on a female", "other_sexual_offences", 3),
    ("03402", "Robbery of personal property", "robbery", 3),
    ("00814", "Possession of an article with a blade", "possession_of_weapons", 3),
    ("00101", "Murder", "homicide", 0.1),
    ("04910", "Other theft", "other", 20),
    ("05801", "Criminal damage to a dwelling", "other", 12),
    ("09261", "Possession of a controlled drug", "other", 8),
    ("12511", "Public order", "other", 10),
)
ROLES = {"suspect": 40, "convict": 12, "victim": 34, "witness": 12, "other": 2}


def hold(holding, people):
    """Fill the sheet for these people."""
    people = [
        p for p in people if not p.is_scripted and p.stays and p.age(holding.ward.anchor) >= 10
    ]
    person_occurrence(holding, people, round(len(people) * 0.42))


def person_occurrence(holding, people, count):
    """Rows for a share of the people: few are in many occurrences, most in one or two."""
    random, anchor = holding.random, holding.ward.anchor
    if not people:
        return
    last = anchor - timedelta(days=EXTRACT_AGE + 1)
    officers = staff(
        holding, 8, "Police Constable", ("Ashmere Station", "Stonebeck Station"), "Ashmere Police"
    )
    weights = [
        4 if p.marks & {"outsider", "prison"} else 1 + (p.sex == "M") * (15 < p.age(anchor) < 40)
        for p in people
    ]
    chosen = list(dict.fromkeys(random.choices(people, weights, k=count)))
    open_occurrences = []
    for someone in chosen:
        record = holding.record(someone, holding.reference("N", "nominal"))
        record.nhs_number = record.upn = record.ethnicity_code = record.language_code = ""
        known_on_pnc = random.random() < 0.35
        roles = set()
        number = identifiers.pnc_id(
            1990 + someone.number % 35, someone.number * 31 + holding.ward.number
        )
        for _ in range(1 + holding.repeats(1.9)):
            if open_occurrences and random.random() < 0.5:
                occurrence = random.choice(open_occurrences[-12:])
            else:
                day = last - timedelta(days=int(random.random() * 6 * 365))
                offence = random.choices(OFFENCES, [weight for *_, weight in OFFENCES])[0]
                occurrence = (
                    holding.reference("O", "occurrence", 6),
                    day,
                    offence,
                    random.choice(officers),
                )
                open_occurrences.append(occurrence)
            reference, day, (code, title, category, _), officer = occurrence
            role = random.choices(list(ROLES), list(ROLES.values()))[0]
            if someone.age(day) < 10:
                role = "victim"
            if (reference, role) in roles:
                continue
            roles.add((reference, role))
            place = someone.home_on(day)
            convicted = role == "convict"
            arrested = convicted or (role == "suspect" and random.random() < 0.4)
            at_home = category.startswith("viol") and random.random() < 0.35
            holding.add(
                "person_occurrence", record, address(place), occurrence_ref=reference,
                person_ref=record.source_person_id,
                pnc_id=number if known_on_pnc and role in ("suspect", "convict") else "NULL",
                force_code="99", offence_code=code, offence_title=title, offence_category=category,
                occurrence_date=day,
                occurrence_date_to=min(day + timedelta(days=random.randint(1, 40)), last)
                if random.random() < 0.06 else None,
                recorded_date=min(day + timedelta(days=random.choice((0, 0, 1, 3))), last),
                role=role,
                outcome_code="1" if convicted else random.choice(("14", "15", "16", "18", "")),
                disposal_date=min(day + timedelta(days=90), last) if convicted else None,
                custody_flag="Y" if arrested else "N",
                domestic_abuse_flag="Y" if at_home else "N",
                child_at_risk_flag="Y" if random.random() < 0.06 else "N",
                ethnicity_sde=SELF_DEFINED.get(names.ethnicity(someone.tradition), "NS"),
                ethnicity_officer=random.choice(("W", "A", "B", "")), **officer,
            )  # fmt: skip


SELF_DEFINED = {
    "WBRI": "W1", "WIRI": "W2", "WOTH": "W9", "APKN": "A2", "ABAN": "A3", "AIND": "A1",
    "CHNE": "O1", "BAFR": "B2",
}  # fmt: skip
