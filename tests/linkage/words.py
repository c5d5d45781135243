"""Who fills the hard cases: invented names, days, numbers and homes, the same every time."""

import csv
import datetime as dt
import re
from functools import cache
from pathlib import Path

from seeds.synthetic import dwellings, identifiers, names

NICKNAMES = Path(__file__).parents[2] / "seeds" / "reference" / "nickname.csv"
GIVEN = {  # word: whose sex, year of birth
    "given": ("own", 2013), "sibling": ("own", 2013), "cousin": ("own", 2013),
    "third": ("own", 2013), "sister": ("F", 2013), "brother": ("M", 2013),
    "mother": ("F", 1985), "father": ("M", 1983), "woman": ("F", 1980), "man": ("M", 1980),
    "other_woman": ("F", 1980), "other_man": ("M", 1980), "elder": ("own", 1950),
    "grown": ("own", 1985), "other_grown": ("own", 1985),
}  # fmt: skip
BORN = {  # word: years of birth
    "child_born": (2009, 2021), "sibling_born": (2009, 2021), "baby_born": (2025, 2025),
    "mother_born": (1975, 1996), "father_born": (1970, 1996), "adult_born": (1960, 2000),
    "other_born": (1960, 2000), "elder_born": (1936, 1955), "youth_born": (1998, 2006),
    "grown_born": (1970, 1995),
}  # fmt: skip


class Supply:
    """What exists once for the whole pack and is handed out in order."""

    def __init__(self):
        self._nhs = identifiers.nhs_numbers(identifiers.WARDS - 1)
        self._counts = {}

    def nhs(self):
        return next(self._nhs)

    def next(self, what):
        self._counts[what] = self._counts.get(what, 0) + 1
        return self._counts[what]

    def phone(self):
        area, number = divmod(self.next("phone"), 1000)
        return f"{identifiers.TELEPHONES[area]}{number:03d}"


class Words(dict):
    """What stands in braces for one case; drawn when first asked for, then the same."""

    def __init__(self, variant, random, supply):
        super().__init__(variant)
        self.random, self.supply, self.places = random, supply, {}

    def __missing__(self, word):
        self[word] = value = self._draw(word)
        return value

    def _draw(self, word):
        if word in GIVEN:
            return self._given(*GIVEN[word])
        if word.endswith("family"):
            return self._family(word)
        if word in BORN:
            return self._day(*BORN[word])
        if word == "impossible":
            return Day(self.random.randint(1880, 1886), 3, self.random.randint(4, 28))
        if word == "leap_day":
            return Day(self.random.randrange(1948, 2021, 4), 2, 29)
        if word == "new_year":
            return Day(self.random.randint(1948, 2009), 1, 1)
        if word == "january":
            return Day(self.random.randint(2009, 2021), 1, self.random.randint(2, 12))
        what = word.split("_")[0]
        if what == "nhs":
            return Number(self.supply.nhs())
        if what == "upn":
            school, serial = divmod(self.supply.next("upn"), 1000)
            return identifiers.upn(9000 + school, self.random.randint(15, 24), serial)
        if what == "temporary":
            return identifiers.temporary_upn(9999, 20, self.supply.next("temporary"))
        if what == "phone":
            return self.supply.phone()
        if what == "email":
            return f"someone.{self.supply.next('email')}@example.org"
        raise ValueError(f"nothing is called {word}")

    def _given(self, sex, year):
        sex = self["sex"] if sex == "own" else sex
        drawn = [self[word] for word in self if word in GIVEN]
        while True:
            name = names.given(self["tradition"], sex, year, self.random)
            if not any(_alike(name, other) for other in drawn):
                return name

    def _family(self, word):
        drawn = [self[other] for other in self if other.endswith("family")]
        while True:
            name = names.family(self["tradition"], "M", self.random)
            if not any(_alike(name, other) for other in drawn):
                return name

    def _day(self, first, last):
        while True:  # the day could be a month, and is not the month: it can be swapped
            day = Day(
                self.random.randint(first, last),
                self.random.randint(2, 12),
                self.random.randint(2, 12),
            )
            near = [other for other in self.values() if isinstance(other, Day)]
            if day.day != day.month and not any(abs((day - other).days) < 400 for other in near):
                return day

    def home(self, text) -> dict:
        """An address spell: "house 2, without uprn, until 2021-03-01"."""
        place, *options = text.split(", ")
        found = dict(self._place(place))
        parent = found.pop("parent_uprn", None)
        for option in options:
            if option == "without uprn":
                found["uprn"] = None
            elif option == "uprn of the block":
                found["uprn"] = parent
            elif option == "without unit":
                found["address_line_1"] = None
            elif option == "uprn alone":
                found |= {"address_line_1": None, "address_line_2": None}
            elif option == "protected":
                found |= {"is_protected_address": True, "address_type": "refuge"}
            elif match := re.fullmatch(r"(since|until) (\d{4}-\d\d-\d\d)", option):
                found["started_on" if match[1] == "since" else "ended_on"] = match[2]
            else:
                raise ValueError(f"no home is {option}")
        return found

    def _place(self, place) -> dict:
        kind, _, unit = place.partition(" ")
        if kind in ("flat", "pitch"):
            block = self._building(kind)
            number = int(unit)
            return block | {
                "address_line_1": f"{kind.title()} {number}, {block['address_line_1']}",
                "uprn": str(int(block["uprn"]) + number),
                "parent_uprn": block["uprn"],
            }
        return self._building(place)

    def _building(self, place) -> dict:
        if place not in self.places:
            serial = self.supply.next("place")
            postcode = f"ZX8{serial // 4000} {serial // 400 % 10}" + "".join(
                dwellings.INWARD[part] for part in divmod(serial % 400, 20)
            )
            street = (
                f"{self.random.choice(dwellings.STREETS)} {self.random.choice(dwellings.KINDS)}"
            )
            named = f"{self.random.choice(dwellings.STREETS)} {place.split(' ')[0].title()}"
            is_house = place.split(" ")[0] == "house"
            self.places[place] = {
                "address_line_1": None if is_house else named,
                "address_line_2": f"{self.random.randint(1, 160)} {street}",
                "address_line_3": dwellings.TOWNS[serial % len(dwellings.TOWNS)],
                "postcode": postcode,
                "uprn": f"9999{serial:06d}00",
                "address_type": None,
                "started_on": None,
                "ended_on": None,
                "is_protected_address": False,
            }
        return self.places[place]


class Day(dt.date):
    """A birth date, and the ways in which it is written wrongly: `{child_born:swapped}`."""

    def __format__(self, spec):
        if not spec:
            return self.isoformat()
        if spec == "swapped":
            return self.replace(month=self.day, day=self.month).isoformat()
        if spec == "first of January":
            return self.replace(month=1, day=1).isoformat()
        if spec == "one digit wrong":
            return self.replace(day=self.day + 10).isoformat()
        match = re.fullmatch(r"([+-]\d+) (day|month|year)s?", spec)
        count, unit = int(match[1]), match[2]
        if unit == "day":
            return (self + dt.timedelta(days=count)).isoformat()
        years, month = divmod(self.month - 1 + count * (12 if unit == "year" else 1), 12)
        return self.replace(year=self.year + years, month=month + 1).isoformat()


class Number(str):
    """An NHS number, and one of its digits typed wrongly, which its check digit betrays."""

    def __format__(self, spec):
        return str(self) if not spec else f"{self[:5]}{(int(self[5]) + 1) % 10}{self[6:]}"


@cache
def _formal_names() -> dict:
    formal = {}
    with NICKNAMES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            formal.setdefault(row["nickname"], set()).add(row["given_name"])
    return formal


def _alike(one, other) -> bool:
    """Whether a clerk could take one name for the other: such names are only written on purpose."""
    one, other = one.lower(), other.lower()
    forms = [{name, *_formal_names().get(name, ())} for name in (one, other)]
    return one[0] == other[0] or bool(forms[0] & forms[1])
