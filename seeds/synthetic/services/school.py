"""What schools' pupil systems hold: enrolments of five years, and the contacts of pupils."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from seeds.synthetic import identifiers, names
from seeds.synthetic.services.base import Record, address

STATUSES = {"C": 93, "M": 4, "S": 1, "F": 1, "G": 1}
# how a school calls a woman and a man whom it rings
CONTACT_CODES = {
    "parent": ("PAM", "PAF"), "step_parent": ("STM", "STF"), "foster_carer": ("FOM", "FOF"),
    "carer": ("CAR", "CAR"), "special_guardian": ("CAR", "CAR"), "elder": ("FAM", "FAM"),
}  # fmt: skip
# and one who is no relation; some are written down as family all the same
STRANGERS = {"OTH": 65, "CHM": 20, "FAM": 15}
KIN_CARE = {"grandparent_carer", "kinship_carer", "special_guardian"}


@dataclass(frozen=True)
class School:
    """A school, its numbers, and whom to ring about safeguarding."""

    urn: str
    laestab: str
    establishment: int
    name: str
    phase: str
    phone: str
    lead: tuple[str, str]


def schools(ward) -> list[School]:
    """Three primaries and a secondary for every ward."""
    random = Random(f"{ward.seed}/{ward.number}/schools")
    made = []
    for place, phase in enumerate(("Primary", "Primary", "Primary", "Academy")):
        number = ward.number * 4 + place
        establishment = (4000 if phase == "Academy" else 2000) + number
        tradition = names.tradition(random)
        lead = (names.given(tradition, "F", 1978, random), names.family(tradition, "F", random))
        street = random.choice(
            ("St Chad's", "Millbrook", "Highfield", "Oakwood", "Riverside", "Stonebeck")
        )
        made.append(
            School(
                str(990_001 + number),
                f"{identifiers.LA_CODE}{establishment}",
                establishment,
                f"{street} {phase}"
                + ("" if phase == "Academy" else " School")
                + f" {ward.number + 1}",
                phase,
                identifiers.office(300 + number),
                lead,
            )
        )
    return made


def give_numbers(ward, people):
    """Every child who went to school here has a pupil number from the first school."""
    random = Random(f"{ward.seed}/{ward.number}/pupil numbers/{len(ward.people)}")
    places = schools(ward)
    serials = ward.pupil_numbers
    for person in people:
        age = person.age(ward.anchor)
        if 4 <= age < 24 and not person.upn and random.random() < 0.97:
            school = random.choice(places[:3])
            year = person.born.year + 5
            serial = serials[school.urn, year] = serials.get((school.urn, year), 0) + 1
            person.upn = identifiers.upn(school.establishment, year, serial)
            if random.random() < 0.01:
                serial = serials[school.urn, year] = serial + 1
                person.former_upn = identifiers.upn(school.establishment, year, serial)


def hold(holding, people):
    """Fill both tables of the feed for these people."""
    pupils = enrolment(holding, [p for p in people if not p.is_scripted])
    contact(holding, pupils)


def year_group(age: int) -> str:
    """The year group of an age at the start of the school year."""
    return "R" if age <= 4 else str(min(age - 4, 14))


def school_year_start(day: date) -> date:
    """The first of September before a day."""
    return date(day.year - (day.month < 9), 9, 1)


def enrolment(holding, people):
    """Where each child is or was on roll: a primary, then the academy; some were never here."""
    random, anchor = holding.random, holding.ward.anchor
    places = schools(holding.ward)
    september = school_year_start(anchor)
    pupils = []
    for child in people:
        age = child.age(september)
        here = any(stay.dwelling.is_in_area for stay in child.stays)
        if not (4 <= age <= 22) or not here or "outsider" in child.marks or random.random() < 0.05:
            continue
        if not child.upn:
            continue
        gone = child.stays[-1].end
        if child.home and not child.home.is_in_area:
            gone = child.stays[-1].start
        primary = random.choice(places[:3])
        began = date(child.born.year + 4 + (child.born.month >= 9), 9, 3)
        secondary_from = date(began.year + 7, 9, 4)
        spans = [(primary, began, secondary_from - timedelta(days=44))]
        if age >= 11:
            spans.append(
                (places[3], secondary_from, date(began.year + 12 + random.choice((0, 2, 2)), 7, 20))
            )
        if random.random() < 0.12:  # changed school on the way
            moved = began + timedelta(days=random.randint(300, 2000))
            spans[0] = (primary, began, min(moved, spans[0][2]))
            spans.insert(
                1,
                (
                    random.choice(places[:3]),
                    moved + timedelta(days=5),
                    secondary_from - timedelta(days=44),
                ),
            )
        spans = [span for span in spans if span[1] <= anchor and span[1] < span[2]]
        spans = [span for span in spans if span[2] >= anchor - timedelta(days=5 * 365)]
        spans = [span for span in spans if gone is None or span[1] < gone]
        spans = [
            (school, max(start, child.came), end)
            for school, start, end in spans
            if child.came < end
        ]
        if not spans:
            continue
        record = holding.record(child, holding.reference("P", "pupil"))
        known_as = names.nicknames(child.given_name)
        if known_as and random.random() < 0.3:
            record.preferred_name = random.choice(known_as)
        pupils.append(record)
        for school, start, end in spans:
            end = min(end, gone) if gone else end
            _enrol(holding, record, school, start, end if end < anchor else None)
    return pupils


def _enrol(holding, record, school, start, end):
    random, child = holding.random, record.person
    anchor = holding.ward.anchor
    stay = child.stays[-2 if "sofa_surfer" in child.marks else -1]
    age = child.age(school_year_start(end or anchor))
    given, family = school.lead
    learner = identifiers.uln(child.number + holding.ward.number * 20_000) if age >= 14 else ""
    kinship = "KI" if child.marks & KIN_CARE else "ND"
    holding.add(
        "enrolment", record, address(stay.dwelling, stay.start, None),
        source_pupil_id=record.source_person_id, enrolment_id=holding.reference("E", "enrolment"),
        uln=learner or "",
        school_urn=school.urn, school_laestab=school.laestab, school_name=school.name,
        enrol_status="P" if end else random.choices(list(STATUSES), list(STATUSES.values()))[0],
        entry_date=start, leaving_date=end, nc_year_actual=year_group(age),
        sen_provision=random.choices(("N", "K", "E"), (82, 14, 4))[0],
        fsm_eligible="Y" if random.random() < 0.25 else "N",
        young_carer_indicator=random.choices(("N", "S", "P"), (97, 2, 1))[0],
        kinship_care_indicator=kinship, school_phone=school.phone, dsl_name=f"{given} {family}",
        dsl_email=identifiers.email(given, family, 1), dsl_phone=school.phone,
        attendance_rate_ytd="" if end else f"{min(100.0, random.gauss(93, 5)):.1f}",
    )  # fmt: skip


def contact(holding, pupils):
    """Whom the school rings: who cares for the pupil, parents, a grandmother, a neighbour."""
    random, anchor = holding.random, holding.ward.anchor
    for pupil in pupils:
        wanted = {adult: kind for adult, kind, chance in near(holding, pupil.person)
                  if not adult.died and random.random() < chance}  # fmt: skip
        for order, (adult, kind) in enumerate(list(wanted.items())[:4], start=1):
            _ring(holding, pupil, order, adult, CONTACT_CODES[kind][adult.sex == "M"])
        if random.random() < 0.12:
            stranger = random.choice(holding.ward.people)
            if stranger.age(anchor) >= 18 and not stranger.is_scripted and stranger.home:
                (code,) = random.choices(list(STRANGERS), list(STRANGERS.values()))
                _ring(holding, pupil, min(len(wanted), 4) + 1, stranger, code)


def near(holding, child):
    """Who may be rung about a child, first to last, as what, and how often each of them is."""
    parents = [parent for parent in (child.mother, child.father) if parent]
    cared_for = False
    for tie in holding.ward.ties_of(child):
        if tie.kind in ("carer", "special_guardian", "foster_carer") and not tie.until:
            cared_for = True
            yield tie.person, tie.kind, 0.95
    for parent in parents:
        here = parent.home and parent.home is child.home
        yield parent, "parent", 0.97 if here else 0.35 if cared_for else 0.7
    for tie in holding.ward.ties_of(child):
        if tie.kind == "step_parent" and tie.person.home and tie.person.home is child.home:
            yield tie.person, tie.kind, 0.4
    for parent in parents:
        for elder in (parent.mother, parent.father):
            if elder:
                yield elder, "elder", 0.5


def _ring(holding, pupil, order, adult, code):
    random, child = holding.random, pupil.person
    same = bool(adult.home) and adult.home is child.home
    record = Record(
        f"{pupil.source_person_id}/{order}", adult, adult.given_name, adult.family_name,
        title=random.choice(("Mrs", "Miss", "Ms", "") if adult.sex == "F" else ("Mr", "")),
        sex=adult.sex, telephone=adult.telephone or identifiers.landline(random), email=adult.email,
        is_spared=pupil.is_spared,
    )  # fmt: skip
    holding.records.append(record)
    place = address(adult.home) if adult.home and (same or random.random() < 0.6) else None
    holding.add(
        "contact", record, place, source_pupil_id=pupil.source_person_id, contact_order=order,
        relationship_code=code, has_parental_responsibility="Y" if code in ("PAM", "PAF") else "N",
        address_as_pupil="Y" if same else "N", telephone_type=random.choice("MMMH"),
    )  # fmt: skip
