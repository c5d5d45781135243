"""What neighbouring councils hold: relatives who live there, and the children they belong to."""

from datetime import timedelta

from seeds.synthetic.services.base import address
from seeds.synthetic.services.childrens_social_care import INVERSE, RESPONSIBLE, ROLES

# the neighbours that take part, by the town of theirs; of the other towns nobody tells
CODES = {"Eastwick": "E08999002", "Dunholme": "E08999003"}
KNOWN_THERE = 0.4


def hold(holding, people):
    """Fill both tables: who lives there and is kin of a child here, and the child."""
    random, anchor = holding.random, holding.ward.anchor
    for child in people:
        if child.is_scripted or child.age(anchor) >= 18 or child.born > anchor or not child.home:
            continue
        for tie in holding.ward.ties_of(child):
            relative = tie.person
            home = relative.home
            if tie.kind not in ROLES or tie.until or not home or home.is_in_area:
                continue
            if home.town in CODES and random.random() < KNOWN_THERE:
                code = CODES[home.town]
                ours, theirs = person(holding, code, child), person(holding, code, relative)
                relationship(holding, ours, theirs, tie)


def person(holding, code, someone):
    """Their record of somebody, one a neighbour."""
    for record in holding.known.get(someone, ()):
        if record.source_person_id.startswith(code):
            return record
    random, anchor = holding.random, holding.ward.anchor
    record = holding.record(someone, f"{code}-{holding.reference('P')}")
    stay = someone.stays[-1]
    holding.add(
        "person", record, address(stay.dwelling, stay.start, stay.end),
        last_seen_on=anchor - timedelta(days=random.randint(1, 700)),
    )  # fmt: skip
    return record


def relationship(holding, child, relative, tie):
    """The tie, from both sides; two children may be asked about, and are brothers once."""
    code = ROLES[tie.kind]
    since = tie.since if tie.since and tie.since <= holding.ward.anchor else None
    told = {
        (row.values["person_id"], row.values["related_person_id"])
        for row in holding.tables.get("relationship", ())
    }
    for one, other, role, has in (
        (child, relative, code, tie.kind in RESPONSIBLE),
        (relative, child, INVERSE[code], False),
    ):
        if (one.source_person_id, other.source_person_id) not in told:
            holding.add(
                "relationship", None, person_id=one.source_person_id,
                related_person_id=other.source_person_id, relationship_code=role,
                start_date=since, end_date=None, parental_responsibility="Y" if has else "N",
            )  # fmt: skip
