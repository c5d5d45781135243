"""Names by naming tradition, sex and year of birth, drawn with Zipf weights."""

import tomllib
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

POOLS = Path(__file__).with_name("names.toml")
TRADITIONS = {
    "british": 74.0, "irish": 3.0, "pakistani": 7.0, "bangladeshi": 2.5, "indian": 3.0,
    "polish": 3.5, "nigerian": 2.0, "chinese": 1.2, "turkish": 0.8, "somali": 1.5,
}  # fmt: skip
MIGRANT = {
    "pakistani",
    "bangladeshi",
    "indian",
    "polish",
    "nigerian",
    "chinese",
    "turkish",
    "somali",
}
SOUTH_ASIAN = {"pakistani", "bangladeshi"}


@cache
def _data() -> dict:
    return tomllib.loads(POOLS.read_text(encoding="utf-8"))


@cache
def _pool(tradition: str, kind: str, cohort: str | None) -> tuple[list[str], list[float]]:
    part = _data()[tradition][kind]
    names = (part if cohort is None else part[cohort]).split() + _rare(tradition, kind)
    exponent = 0.75 if kind == "family" else 0.7
    return names, list(accumulate(1 / (rank + 2) ** exponent for rank in range(len(names))))


def _rare(tradition: str, kind: str) -> list[str]:
    """The long tail of a pool: names of any year, and family names made of a root and an ending."""
    rare = _data()[tradition].get("rare", {})
    if kind != "family":
        return rare.get(kind, "").split()
    roots, endings = rare.get("roots", "").split(), rare.get("endings", "").split()
    return [root + ending for ending in endings for root in roots]


@cache
def _cohort(tradition: str, kind: str, year: int) -> str:
    cohorts = [key for key in _data()[tradition][kind] if int(key) <= year]
    return cohorts[-1]


def tradition(random: Random) -> str:
    """A naming tradition, as common as in the council."""
    return random.choices(list(TRADITIONS), list(TRADITIONS.values()))[0]


def ethnicity(tradition: str) -> str:
    """The census code most bear who follow the tradition."""
    return _data()[tradition]["ethnicity"]


def language(tradition: str) -> str:
    """The language spoken at home."""
    return _data()[tradition]["language"]


def given(tradition: str, sex: str, year: int, random: Random) -> str:
    """A given name in the fashion of a year of birth."""
    kind = "female" if sex == "F" else "male"
    names, weights = _pool(tradition, kind, _cohort(tradition, kind, year))
    return random.choices(names, cum_weights=weights)[0]


def family(tradition: str, sex: str, random: Random) -> str:
    """A family name as this sex bears it."""
    names, weights = _pool(tradition, "family", None)
    return as_borne(random.choices(names, cum_weights=weights)[0], tradition, sex)


def as_borne(family_name: str, tradition: str, sex: str) -> str:
    """A family name as this sex bears it: Kowalski, Kowalska."""
    if tradition == "polish":
        for male, female in (("ski", "ska"), ("cki", "cka")):
            if sex == "F" and family_name.endswith(male):
                return family_name[:-3] + female
            if sex == "M" and family_name.endswith(female):
                return family_name[:-3] + male
    return family_name


def own_family_name(tradition: str, random: Random) -> str:
    """The last name of a woman where it is not her family's: Begum, Bibi, Akhtar."""
    return random.choice(_data()[tradition]["honorific_female"])


def nicknames(given_name: str) -> list[str]:
    """Short and pet forms of a given name."""
    return _data()["nicknames"].get(given_name, [])


def twins(sex: str, random: Random) -> list[str]:
    """Two given names that a clerk takes for one another."""
    return random.choice(_data()["twins"]["female" if sex == "F" else "male"])
