"""The hard cases of identity: read from `cases/*.yaml`, filled with invented people.

A file holds kinds of case; a kind holds records, and says of each pair of them whether a machine
may join them: `link`, `no`, or `review` (a person must look). Text in braces is filled in for each
variant from the pools of the synthetic council and from ranges for tests, the same every time.
What is drawn for one case is never drawn for another, so cases cannot touch each other.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

import yaml

from tests.linkage.words import Supply, Words

FOLDER = Path(__file__).with_name("cases")
EXPECTATIONS = ("link", "no", "review")
GATES = ("twins", "father and son", "number", "cannot link")
# dates that systems write for "not known": the only ones that two cases may both hold
NO_DATES = {"1900-01-01", "1899-12-30", "1753-01-01", "1901-01-01", "9999-12-31"}
TRADITIONS = ("british", "pakistani", "british", "polish", "nigerian", "british", "bangladeshi")
COLUMNS = {
    "given": "given_name",
    "family": "family_name",
    "middle": "middle_names",
    "preferred": "preferred_name",
    "alias": "alias_family_name",
    "title": "title",
    "born": "date_of_birth",
    "expected": "expected_date_of_birth",
    "died": "date_of_death",
    "sex": "sex_code",
    "nhs": "nhs_number",
    "upn": "upn",
    "phone": "telephone",
    "email": "email",
}
IDENTIFYING = ("nhs_number", "upn", "telephone", "email")


@dataclass
class Record:
    """A person as one feed knows them: columns of `int_person__unioned`, and address spells."""

    name: str
    record_id: str
    values: dict = field(repr=False)
    homes: list[dict] = field(repr=False)


@dataclass
class Case:
    """One variant of a kind: its records, and what is expected of each pair of them."""

    theme: str
    kind: str
    variant: int
    relation: str
    gate: str | None
    why: str
    records: list[Record] = field(repr=False)
    pairs: list[tuple[Record, Record, str]] = field(repr=False)

    def shared_by_none(self) -> set:
        """What no other case may hold too: names, birth dates, numbers, contacts, places."""
        found = set()
        for record in self.records:
            held = record.values
            if held.get("given_name") and held.get("family_name"):
                found.add((held["given_name"].lower(), held["family_name"].lower()))
            if held.get("date_of_birth") not in {None, *NO_DATES}:
                found.add(held["date_of_birth"])
            found |= {held[column] for column in IDENTIFYING if held.get(column)}
            found |= {home["postcode"] for home in record.homes}
            found |= {home["uprn"] for home in record.homes if home["uprn"]}
        return found


@cache
def cases(seed: int = 0) -> list[Case]:
    """All cases, in the order of the files, with the people of a seed; the committed one is 0.

    Raises ValueError for a case that is badly written.
    """
    wanted = [
        (path.stem, kind, number, variant)
        for path in sorted(FOLDER.glob("*.yaml"))
        for kind in yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, variant in enumerate(_variants(kind), start=1)
    ]
    taken, supply, made = set(), Supply(), {}
    # names written on purpose come first, so that none is drawn for another case before
    fixed = [len({"given", "family"} & set(variant)) for *_, variant in wanted]
    for place in sorted(range(len(wanted)), key=lambda place: -fixed[place]):
        made[place] = _case(*wanted[place], seed, supply, taken)
        taken |= made[place].shared_by_none()
    return [made[place] for place in sorted(made)]


def _variants(kind: dict) -> list[dict]:
    """One row of fixed words for each case; a number asks for that many of the usual mixture."""
    variants = kind["variants"]
    if isinstance(variants, int):
        variants = [{"tradition": TRADITIONS[n % len(TRADITIONS)]} for n in range(variants)]
    return [{"sex": "FM"[n % 2], "tradition": "british", **v} for n, v in enumerate(variants)]


def _case(theme, kind, number, variant, seed, supply, taken) -> Case:
    for attempt in range(200):
        key = f"{seed}/{kind['kind']}/{number}"
        words = Words(variant, Random(f"{key}/{attempt}"), supply)
        case = _filled(theme, kind, number, key, words)
        shared = case.shared_by_none() & taken
        if not shared:
            return case
    raise ValueError(f"{kind['kind']}, variant {number}: another case holds {sorted(shared)}")


def _filled(theme, kind, number, key, words) -> Case:
    templates, records = {}, {}
    for name, template in kind["records"].items():
        like = templates[template["like"]] if "like" in template else {}
        templates[name] = like | {key: text for key, text in template.items() if key != "like"}
        records[name] = _record(f"{key}/{name}", name, templates[name], words)
    expected = {frozenset(pair): kind["expect"] for pair in combinations(records, 2)}
    for pair, expect in kind.get("pairs", {}).items():
        expected[frozenset(pair.split(" + "))] = expect
    if set(expected.values()) - {*EXPECTATIONS} or kind.get("gate") not in (None, *GATES):
        raise ValueError(f"{kind['kind']}: an expectation or a gate that there is not")
    return Case(
        theme, kind["kind"], number, kind["relation"], kind.get("gate"), kind["why"],
        list(records.values()),
        [(*(records[name] for name in sorted(pair, key=list(records).index)), expect)
         for pair, expect in expected.items()],
    )  # fmt: skip


def _record(key, name, template, words) -> Record:
    feed, table = template["from"].split(".")
    values = {"feed": feed, "source_table": table, "source_person_id": template.get("id", key)}
    for short, column in COLUMNS.items():
        text = template.get(short)
        values[column] = str(text).format_map(words) if text is not None else None
    if unknown := set(template) - {*COLUMNS, "from", "id", "home"}:
        raise ValueError(f"{key}: unknown {sorted(unknown)}")
    homes = template.get("home") or []
    homes = [homes] if isinstance(homes, str) else homes
    homes = [words.home(text.format_map(words)) for text in homes]
    return Record(name, hashlib.sha256(key.encode()).hexdigest(), values, homes)
