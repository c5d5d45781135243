"""A synthetic council: invented people and what nine feeds would hold of them, defects and all.

Stages, each in its own module: population (the truth), services (what each service holds),
defects (what goes wrong), nights (what changes from one night to the next), writer (deliveries).
The same seed, size and night give the same bytes. No real person's name or record is used.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from seeds.synthetic import defects, nights, population, scripted
from seeds.synthetic.services import (
    adult_social_care,
    anti_social_behaviour,
    childrens_social_care,
    council_tax_liability,
    housing,
    llpg,
    neighbouring_council,
    police,
    school,
)
from seeds.synthetic.services.base import Holding
from seeds.synthetic.truth import Truth
from seeds.synthetic.writer import Delivery

SCRIPTED_CHILD = scripted.CHILD
SERVICES = {
    "childrens_social_care": childrens_social_care,
    "school": school,
    "adult_social_care": adult_social_care,
    "housing": housing,
    "anti_social_behaviour": anti_social_behaviour,
    "police": police,
    "council_tax_liability": council_tax_liability,
    "llpg": llpg,
    "neighbouring_council": neighbouring_council,
}


@dataclass(frozen=True)
class Size:
    """A council is so many wards of so many residents; depth is how much history feeds repeat."""

    wards: int
    residents: int
    depth: float


SIZES = {"S": Size(1, 3_300, 8.0), "M": Size(121, 3_100, 3.3)}


@dataclass(frozen=True)
class Summary:
    """What was made, in counts."""

    records: int
    rows: int
    people: int


def generate(
    folder: Path,
    size: str = "S",
    seed: int = 1,
    as_of: date | None = None,
    night: int = 1,
    truth: Path | None = None,
    without: frozenset[str] = frozenset(),
    began_on: date | None = None,
    progress=None,
) -> Summary:
    """Write one night's deliveries to `folder/<feed>/…` and the truth to `truth`.

    `as_of` sets when the extracts were taken; `began_on` is the as-of date of night 1, from which
    all dates in the rows are counted. Later nights read it from the truth folder when not given.
    `without` switches defects off by their ids. The police sheet comes with night 1 only.
    """
    folder, as_of = Path(folder), as_of or date.today()
    truth_folder = Path(truth) if truth else folder.parent / "truth"
    began_on = began_on or (_remembered(truth_folder, size, seed) if night > 1 else None) or as_of
    chosen = SIZES[size]
    feeds = [feed for feed in SERVICES if night == 1 or feed != "police"]
    deliveries = {feed: Delivery(folder, feed, as_of, night) for feed in feeds}
    written = Truth(truth_folder)
    records = people = 0
    for number in range(chosen.wards):
        ward, holdings, log = make_ward(seed, number, chosen, began_on, night, without)
        for feed, delivery in deliveries.items():
            for name, table in delivery.tables.items():
                table.write(holdings[feed].tables.get(name, []))
        written.write(ward, holdings, log)
        records += sum(len(holding.records) for holding in holdings.values())
        people += len(ward.people)
        if progress:
            progress(number + 1, chosen.wards)
    rows = sum(table.row_count for item in deliveries.values() for table in item.tables.values())
    for delivery in deliveries.values():
        delivery.close()
    written.close({"seed": seed, "size": size, "night": night, "began_on": began_on.isoformat()})
    return Summary(records, rows, people)


def make_ward(seed, number, size, began_on, night, without=frozenset()):
    """One ward from its people to its rows, with every night up to this one."""
    ward = population.make(seed, number, began_on, size.residents)
    log = defects.Log(without)
    holdings = _held(ward, list(ward.people), size.depth, log, f"{seed}/{number}")
    later = population.make_later(ward)
    held_later = _held(ward, later, size.depth, log, f"{seed}/{number}/later", holdings)
    for feed, holding in held_later.items():
        holdings[feed].take_over(holding)
    if number == 0:
        scripted.add(ward, holdings)
    for turn in range(2, night + 1):
        nights.turn(ward, holdings, turn, hold)
    return ward, holdings, log


def _held(ward, people, depth, log, seed, before=None) -> dict[str, Holding]:
    """What every service holds of these people, as wrong as services are, beside what it held."""
    holdings = {}
    for feed in SERVICES:
        holdings[feed] = holding = Holding(feed, ward, Random(f"{seed}/{feed}"), depth)
        if before:
            holding.before, holding.numbers = before[feed], before[feed].numbers
    hold(ward, holdings, people)
    for feed, holding in holdings.items():
        defects.apply(holding, log, f"{seed}/{feed}")
    return holdings


def hold(ward, holdings, people) -> None:
    """Let every service write down what it would know of these people."""
    school.give_numbers(ward, people)
    for feed, holding in holdings.items():
        SERVICES[feed].hold(holding, people)


def _remembered(truth_folder: Path, size: str, seed: int) -> date | None:
    path = truth_folder / "council.json"
    if not path.exists():
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    same = (facts["size"], facts["seed"]) == (size, seed)
    return date.fromisoformat(facts["began_on"]) if same else None
