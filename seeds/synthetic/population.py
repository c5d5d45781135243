"""Stage 1: the true people of a ward, their homes and their families, before any service saw them.

What is here is the truth that matching is measured against. Families are made in families.py.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from seeds.synthetic import families, identifiers, institutions, names
from seeds.synthetic.dwellings import Dwelling, Places


@dataclass(slots=True)
class Stay:
    """A stretch of living in one place."""

    dwelling: Dwelling
    start: date
    end: date | None = None


@dataclass(slots=True, eq=False)
class Person:
    """A person as they truly are."""

    person_id: str
    number: int
    sex: str
    given_name: str
    middle_names: str
    family_name: str
    born: date
    tradition: str
    former_family_name: str = ""
    renamed_on: date | None = None
    died: date | None = None
    nhs_number: str = ""
    telephone: str = ""
    email: str = ""
    upn: str = ""
    former_upn: str = ""
    mother: "Person | None" = None  # of two parents of one sex, the first
    father: "Person | None" = None  # and the second
    children: list["Person"] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    marks: frozenset = frozenset()  # hard cases: twin, care_leaver, refuge, teen_parent, …
    family_group: int = 0
    is_scripted: bool = False

    @property
    def came(self) -> date:
        """Since when they have lived here: no service of the council has anything from before."""
        here = [stay.start for stay in self.stays if stay.dwelling.is_in_area]
        return min(here, default=self.born)

    @property
    def home(self) -> Dwelling | None:
        """Where they live today, if anywhere."""
        return self.stays[-1].dwelling if self.stays and self.stays[-1].end is None else None

    def home_on(self, day: date) -> Dwelling | None:
        """Where they lived on a day."""
        for stay in reversed(self.stays):
            if stay.start <= day and (stay.end is None or stay.end > day):
                return stay.dwelling
        return self.stays[0].dwelling if self.stays else None

    def age(self, day: date) -> int:
        """Age in whole years on a day."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))

    def mark(self, *marks: str) -> None:
        """Belong to a hard case."""
        self.marks = self.marks | set(marks)


@dataclass(slots=True)
class Tie:
    """`person` is `kind` of `related`, from a day to a day (no end: still so)."""

    person: Person
    kind: str
    related: Person
    since: date | None = None
    until: date | None = None


class Ward:
    """One ward. Nothing in it depends on another ward, so memory never grows with size."""

    def __init__(self, seed: int, number: int, anchor: date):
        """An empty ward."""
        self.seed, self.number, self.anchor = seed, number, anchor
        self.random = Random(f"{seed}/{number}/population")
        self.places = Places(number, Random(f"{seed}/{number}/places"))
        self.people: list[Person] = []
        self.ties: list[Tie] = []
        self.cases: list[tuple[str, list[Person]]] = []
        self.groups = 0
        self.pupil_numbers: dict[tuple, int] = {}  # the last one given, by school and year
        self._nhs = identifiers.nhs_numbers(number)
        self._ties_of: dict[Person, list[Tie]] = defaultdict(list)

    # People

    def person(self, sex, age, tradition, family_name=None, given_name=None, born=None) -> Person:
        """A person with a name of their tradition and sex, and an NHS number once born."""
        random = self.random
        born = born or self.birth_date(age, tradition)
        given = given_name or names.given(tradition, sex, born.year, random)
        family = family_name or names.family(tradition, sex, random)
        if family_name is None and sex == "F" and tradition in names.SOUTH_ASIAN and age > 14:
            family = names.own_family_name(tradition, random) if random.random() < 0.5 else family
        middle = names.given(tradition, sex, born.year, random) if random.random() < 0.55 else ""
        number = len(self.people) + 1
        made = Person(
            f"W{self.number:03d}P{number:06d}", number, sex, given,
            middle if middle != given else "",
            names.as_borne(family, tradition, sex), born, tradition,
        )  # fmt: skip
        if born <= self.anchor:
            made.nhs_number = next(self._nhs)
        if age >= 11 and random.random() < 0.9:
            made.telephone = identifiers.telephone(random, number)
        if age >= 16 and random.random() < 0.6:
            made.email = identifiers.email(given, family, number, self.number)
        self.people.append(made)
        return made

    def birth_date(self, age: float, tradition: str) -> date:
        """A birth date for an age; 1 January is far too common where records began late."""
        excess = 0.05 if tradition in names.MIGRANT and age > 16 else 0.004
        born = self.anchor - timedelta(days=int((age + self.random.random()) * 365.2425))
        return born.replace(month=1, day=1) if self.random.random() < excess else born

    # Homes

    def ago(self, years: float) -> date:
        """The day so many years before night 1."""
        return self.anchor - timedelta(days=int(years * 365.2425))

    def move(
        self, person: Person, dwelling: Dwelling, start: date, end: date | None = None
    ) -> None:
        """Leave the present home, if any, for this one."""
        if person.stays and person.stays[-1].end is None:
            person.stays[-1].end = max(start, person.stays[-1].start)
        person.stays.append(Stay(dwelling, max(start, person.born), end))

    def settle(
        self, people: list[Person], tenure: str | None = None, years: float | None = None
    ) -> Dwelling:
        """Move a household into a vacant home, and say where its grown-ups lived before."""
        tenure = tenure or self.random.choices(("owned", "private", "social"), (62, 20, 18))[0]
        if years is None:
            years = min(self.random.expovariate(0.0956), 40)
        start, home = self.ago(years), self.places.vacant(tenure)
        if years < 9:
            former_years = min(self.random.expovariate(0.25), 20) + 0.2
            before = self.places.formerly_lived_in(start)
            for person in people:
                if person.born < start:
                    self.move(person, before, self.ago(years + former_years))
        for person in people:
            self.move(person, home, start)
        home.occupied_from = start
        self.places.occupied.append(home)
        return home

    # Families

    def group(self, people: list[Person]) -> int:
        """People whom a service would call one family."""
        self.groups += 1
        for person in people:
            person.family_group = person.family_group or self.groups
        return self.groups

    def tie(self, person, kind, related, since=None, until=None) -> None:
        """Write down that somebody is something to somebody."""
        tie = Tie(person, kind, related, since, until)
        self.ties.append(tie)
        self._ties_of[related].append(tie)

    def ties_of(self, person: Person) -> list[Tie]:
        """Who is what to this person."""
        return self._ties_of[person]

    def case(self, kind: str, people: list[Person]) -> None:
        """A hard case that an evaluation looks at by name."""
        self.cases.append((kind, people))
        for person in people:
            person.mark(kind)


def make(seed: int, number: int, anchor: date, residents: int) -> Ward:
    """The ward with about that many residents, and people who left it or come from outside."""
    ward = Ward(seed, number, anchor)
    families.fill(ward, residents)
    kin(ward, ward.people)
    return ward


def make_later(ward: Ward) -> list[Person]:
    """The people of institutions that were invented later, and whom they belong to.

    They draw from sources of their own, so that everybody else stays who they were.
    """
    before = len(ward.people)
    ward.random = Random(f"{ward.seed}/{ward.number}/later")
    ward.places.random = Random(f"{ward.seed}/{ward.number}/later places")
    for institution, wards in institutions.LATER.items():
        if ward.number % wards == 0:
            institution(ward)
    later = ward.people[before:]
    kin(ward, later)
    return later


def kin(ward: Ward, people: list[Person]) -> None:
    """True family ties that follow from who is whose parent."""
    for person in people:
        parents = [parent for parent in (person.mother, person.father) if parent]
        for parent in parents:
            ward.tie(parent, "mother" if parent.sex == "F" else "father", person, person.born)
            for grandparent in (parent.mother, parent.father):
                if grandparent:
                    side = "maternal" if parent.sex == "F" else "paternal"
                    kind = "grandmother" if grandparent.sex == "F" else "grandfather"
                    ward.tie(grandparent, f"{side}_{kind}", person, person.born)
        siblings = {id(child): child for parent in parents for child in parent.children}
        for sibling in siblings.values():
            if sibling is person:
                continue
            whole = sibling.mother is person.mother and sibling.father is person.father
            kind = (
                "twin"
                if whole and sibling.born == person.born
                else "sibling"
                if whole
                else "half_sibling"
            )
            ward.tie(sibling, kind, person, max(sibling.born, person.born))
