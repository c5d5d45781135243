"""A slip of the keyboard in a date, in any column of any feed, never stops a generation."""

import csv
import hashlib
import json
import re
from datetime import date
from itertools import count, zip_longest

import pytest

from expectations import contract
from orchestration import landing, publishing
from seeds import synthetic

AS_OF = date(2026, 1, 31)
DATE_TYPES = ("date", "timestamp")
YEARS = ("0002", "0202", "1021", "1899", "2101", "2999", "9999")


@pytest.fixture
def slipped(database, tmp_path, monkeypatch):
    """A hamlet's feeds, all in force; in every date column, and in whole rows, years that slipped.

    The number of slips by feed.
    """
    monkeypatch.setenv("FAMILY_CONTEXT_LANDING", str(tmp_path / "landing"))
    monkeypatch.setitem(synthetic.SIZES, "hamlet", synthetic.Size(1, 300, 3.0))
    synthetic.generate(tmp_path / "landing", "hamlet", as_of=AS_OF)
    slips = {}
    for feed in filter(_is_dated, contract.feeds()):
        (delivery,) = (tmp_path / "landing" / feed).iterdir()
        manifest = json.loads((delivery / "manifest.json").read_text(encoding="utf-8"))
        manifest["coverage_start"] = "0202-01-01"
        for table in contract.load(feed).tables:
            path = delivery / f"{table.name}.csv"
            slips[feed] = slips.get(feed, 0) + _slip(path, table)
            manifest["tables"][table.name]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        (delivery / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (outcome,) = landing.land(feed, AS_OF)
        assert (feed, outcome.status, outcome.refusal) == (feed, "in_force", None)
    return slips


def _is_dated(feed):
    """The address register has no date that could slip."""
    return any(it.type in DATE_TYPES for one in contract.load(feed).tables for it in one.columns)


def _slip(path, table):
    """Each year in each date column, in a row of its own, and in all of a row; how many slips."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    dated = [
        place for place, name in enumerate(header) if table.column_for(name).type in DATE_TYPES
    ]
    slips = count()
    for kind, places in enumerate([*([place] for place in dated), dated]):
        filled = [row for row in rows if all(row[place] for place in places[:1])]
        # the rows of one kind are not those of the next
        for row, year in zip_longest(filled[kind * len(YEARS) :], YEARS):
            if row is None or year is None:
                break
            for place in places:
                row[place] = re.sub(r"(19|20)\d\d", lambda _, year=year: year, row[place], count=1)
                next(slips)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return next(slips)


def test_a_year_that_slipped_never_stops_a_generation(slipped, database, dbt):
    assert all(slipped.values())
    (run_id,) = database.execute(
        "insert into ledger.run (as_of_date) values (%s) returning run_id", [AS_OF]
    ).fetchone()
    built = dbt("build", "--exclude-resource-type", "unit_test", as_of_date=AS_OF)
    # names only: what PostgreSQL says may hold a value
    wrong = [r.node.name for r in built.result if r.status not in ("success", "pass")]
    assert wrong == []
    assert publishing.publish(run_id).generation
