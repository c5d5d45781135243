"""What a service writes down: records of people, addresses, and rows of its tables.

A Row keeps its record and address apart from its other values until it is written, so that a
defect in a record (a misspelt name) shows in every row that repeats it.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from random import Random

from seeds.synthetic import identifiers, names
from seeds.synthetic.dwellings import Dwelling
from seeds.synthetic.population import Person, Stay, Ward

JSON_KEYS = (
    "ROOM", "FLOOR", "FLAT", "BUILDING", "HOUSE", "STREET", "TOWN", "UPRN", "EASTING", "NORTHING",
)  # fmt: skip
# client level data writes an ethnic group in words
IN_WORDS = {
    "adult_social_care": {
        "WBRI": "White: English, Welsh, Scottish, Northern Irish or British",
        "WIRI": "White: Irish", "WOTH": "White: Any other White background",
        "AIND": "Asian or Asian British: Indian", "APKN": "Asian or Asian British: Pakistani",
        "ABAN": "Asian or Asian British: Bangladeshi", "CHNE": "Asian or Asian British: Chinese",
        "BAFR": "Black, Black British, Caribbean or African: African",
    }
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Record:
    """A person as one feed knows them. Attributes are called as the contracts' person columns."""

    source_person_id: str
    person: Person
    given_name: str = ""
    family_name: str = ""
    middle_names: str = ""
    preferred_name: str = ""
    alias_family_name: str = ""
    title: str = ""
    date_of_birth: date | None = None
    dob_accuracy: str = ""
    expected_date_of_birth: date | None = None
    date_of_death: date | None = None
    sex: str = ""
    gender: str = ""
    ethnicity_code: str = ""
    language_code: str = ""
    nhs_number: str = ""
    upn: str = ""
    former_upn: str = ""
    telephone: str = ""
    email: str = ""
    is_spared: bool = False


@dataclass(slots=True, eq=False)
class Address:
    """An address as a clerk would write it."""

    flat: str = ""
    building: str = ""
    house: str = ""
    street: str = ""
    town: str = ""
    postcode: str = ""
    uprn: str = ""
    parent_uprn: str = ""
    address_type: str = "home"
    start: date | None = None
    end: date | None = None
    is_sensitive: bool = False
    layout: str = "plain"
    is_spared: bool = False
    is_pitch: bool = False

    @property
    def unit(self) -> str:
        """The part of the building, or the pitch of the site."""
        word = "Pitch" if self.is_pitch else "Apt" if self.layout == "apartment" else "Flat"
        return f"{word} {self.flat}" if self.flat else ""

    def lines(self) -> list[str]:
        """The address as five lines; the layout is how this clerk writes one."""
        number = f"{self.house} {self.street}".strip()
        if self.layout == "apartment":
            first = [self.unit, self.building, number]
        elif self.layout == "slash" and not self.is_pitch:
            first = [f"{self.flat}/{number}" if self.flat else number]
        elif self.layout == "one_line":
            first = [" ".join(filter(None, (self.unit, self.building, number)))]
        elif self.layout == "street_first":
            first = [", ".join(filter(None, (self.street, self.house))), self.unit]
        elif self.layout == "capitals":
            first = [part.upper() for part in (self.unit, number)]
        else:
            first = [", ".join(filter(None, (self.unit, self.building))), number]
        lines = [line for line in (*first, self.town) if line]
        return (lines + [""] * 5)[:5]

    def object(self) -> str:
        """The address as the case system's object: every key there, empty when unknown."""
        values = {
            "FLAT": self.unit if self.is_pitch else self.flat,
            "BUILDING": self.building, "HOUSE": self.house,
            "STREET": self.street.upper() if self.layout == "capitals" else self.street,
            "TOWN": self.town, "UPRN": self.uprn,
        }  # fmt: skip
        if self.layout == "one_line":
            values["HOUSE"], values["STREET"] = "", f"{self.house} {self.street}".strip()
        text = json.dumps({key: values.get(key, "") for key in JSON_KEYS}, ensure_ascii=False)
        if self.layout == "broken":  # glued together from text, and the building has a nickname
            text = text.replace('"BUILDING": "', '"BUILDING": "the "Old" ')
        return text


@dataclass(slots=True, eq=False)
class Row:
    """One row of one table, not yet written."""

    table: str
    values: dict
    record: Record | None = None
    address: Address | None = None
    is_spared: bool = False


@dataclass(slots=True)
class Holding:
    """Everything one feed holds of a ward."""

    feed: str
    ward: Ward
    random: Random
    depth: float  # how much of the window's repeated rows (visits, episodes, arrears) is kept
    records: list[Record] = field(default_factory=list)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    known: dict[Person, list[Record]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    before: "Holding | None" = None  # what the feed held already; references go on from there

    def so_far(self, table: str) -> list[Row]:
        """Every row of a table, with those of before."""
        return (self.before.so_far(table) if self.before else []) + self.tables.get(table, [])

    def number(self, kind: str) -> int:
        """The next number of a kind, in this ward and feed."""
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return self.numbers[kind]

    def reference(self, prefix: str, kind: str | None = None, width: int = 5) -> str:
        """A source system's own number: unique in the feed, and says nothing."""
        return f"{prefix}{self.ward.number + 1:03d}{self.number(kind or prefix):0{width}d}"

    def record(self, person: Person, source_id: str, sexes=("F", "M")) -> Record:
        """Write a person down as they truly are today."""
        anchor, ethnicity = self.ward.anchor, names.ethnicity(person.tradition)
        made = Record(
            source_id, person, person.given_name, person.family_name, person.middle_names,
            date_of_birth=person.born if person.born <= anchor else None,
            expected_date_of_birth=person.born if person.born > anchor else None,
            date_of_death=person.died, sex=sexes[person.sex == "M"],
            gender=sexes[person.sex == "M"],
            ethnicity_code=IN_WORDS.get(self.feed, {}).get(ethnicity, ethnicity),
            language_code=names.language(person.tradition),
            nhs_number=person.nhs_number, upn=person.upn, former_upn=person.former_upn,
            telephone=person.telephone, email=person.email, is_spared=person.is_scripted,
        )  # fmt: skip
        if person.former_family_name and self.random.random() < 0.4:
            made.alias_family_name = person.former_family_name
        self.records.append(made)
        self.known.setdefault(person, []).append(made)
        return made

    def add(
        self, table: str, record: Record | None = None, address: Address | None = None, **values
    ) -> Row:
        """Put a row into a table."""
        spared = bool(record and record.is_spared)
        row = Row(table, values, record, address, spared)
        self.tables.setdefault(table, []).append(row)
        return row

    def take_over(self, later: "Holding") -> None:
        """All that was written down after this."""
        self.records += later.records
        for table, rows in later.tables.items():
            self.tables.setdefault(table, []).extend(rows)
        self.known |= later.known

    def repeats(self, mean: float) -> int:
        """How often a repeated thing happened: a skewed count, deeper in a deeper council."""
        mean *= self.depth
        whole = int(self.random.expovariate(1 / mean)) if mean > 0 else 0
        return min(whole + (self.random.random() < 0.5), int(mean * 6) + 1)


def address(
    dwelling: Dwelling | None, start=None, end=None, kind="home", spared=False
) -> Address | None:
    """A dwelling as an address; a refuge is sensitive, whatever the feed."""
    if dwelling is None:
        return None
    is_refuge = dwelling.kind == "refuge"
    kind = "refuge" if is_refuge else "temporary" if dwelling.kind == "hostel" else kind
    return Address(
        dwelling.flat, dwelling.building, dwelling.house, dwelling.street, dwelling.town,
        dwelling.postcode, dwelling.uprn, dwelling.parent_uprn, kind, start, end, is_refuge,
        is_spared=spared or is_refuge, is_pitch=dwelling.kind == "traveller_pitch",
    )  # fmt: skip


def households(found: list[tuple[Stay, Person]]) -> list[list[tuple[Stay, Person]]]:
    """People of one dwelling, split where one household left before the next came."""
    found.sort(key=lambda pair: (pair[0].start, pair[1].number))
    households, until = [], None
    for stay, person in found:
        if households and (until is None or stay.start < until):
            households[-1].append((stay, person))
            until = None if until is None or stay.end is None else max(until, stay.end)
        else:
            households.append([(stay, person)])
            until = stay.end
    return households


def worker(
    number: int, role: str, team: tuple[str, str], organisation: str, given_family: tuple[str, str]
) -> dict:
    """The person to ring: a member of staff, the same in every row that names them."""
    given, family = given_family
    return {
        "worker_id": f"S{number:05d}", "worker_name": f"{given} {family}", "worker_role": role,
        "team_id": team[0], "team_name": team[1], "organisation_name": organisation,
        "worker_email": identifiers.email(given, family, number).replace("@", "@ashmere."),
        "worker_phone": identifiers.office(number),
    }  # fmt: skip


def staff(
    holding: Holding, count: int, role: str, teams: tuple[str, ...], organisation: str
) -> list[dict]:
    """The service's staff for this ward."""
    random = Random(f"{holding.ward.seed}/{holding.ward.number}/{holding.feed}/staff")
    made = []
    for place in range(count):
        tradition = names.tradition(random)
        sex = random.choice("FFM")
        both = (names.given(tradition, sex, 1980, random), names.family(tradition, sex, random))
        number = holding.ward.number * 40 + place
        team = place % len(teams)
        team_id = f"T{holding.ward.number * 10 + team:04d}"
        made.append(worker(number, role, (team_id, teams[team]), organisation, both))
    return made
