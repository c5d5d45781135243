"""How fast deliveries land, beside what PostgreSQL needs for the copy alone. Run by hand:

    python -m tests.benchmarks.landing [S|M|folder]

A folder is a landing folder that was generated before. Makes a database of its own and drops it.
Ratios are of one run, because machines are noisy.
"""

import csv
import os
import resource
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
from psycopg import sql

from expectations import contract, validate
from orchestration import database, landing
from orchestration.migrate import migrate
from seeds import synthetic

AS_OF = date(2026, 1, 31)
SPENT: dict[str, float] = {}


def main(what):
    """Land every feed once, then the same again under another extract time; print the figures."""
    os.environ["PGDATABASE"] = f"benchmark_{uuid.uuid4().hex[:8]}"
    database.ensure_running()
    migrate()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(what)
        if what in synthetic.SIZES:
            folder = Path(scratch) / "landing"
            synthetic.generate(folder, what, 1, AS_OF, truth=Path(scratch) / "truth")
        os.environ["FAMILY_CONTEXT_LANDING"] = str(folder)
        with timed("importing Great Expectations"):
            import great_expectations.expectations  # noqa: F401
        for name in ("land_file", "_merge"):
            _watch(landing, name)
        for name in ("prepare", "judge"):
            _watch(validate, name)
        with timed("landing"):
            outcomes = [it for feed in contract.feeds() for it in landing.land(feed, AS_OF)]
        rows = sum(counts.row_count for it in outcomes for counts in it.tables.values())
        print(f"{[it.refusal or it.status for it in outcomes]}, {rows:,} rows")
        with timed("copy alone"):
            _copy_alone(folder)
    for name, seconds in SPENT.items():
        print(f"{name:32} {seconds:8.1f} s {rows / seconds:12,.0f} rows/s")
    print(f"{'landing / copy alone':32} {SPENT['landing'] / SPENT['copy alone']:8.1f}")
    print(f"{'peak memory':32} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:8} MiB")
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        drop = sql.SQL("drop database {} with (force)")
        connection.execute(drop.format(sql.Identifier(os.environ["PGDATABASE"])))


@contextmanager
def timed(name):
    """Add to what a step has taken."""
    started = time.monotonic()
    yield
    SPENT[name] = SPENT.get(name, 0) + time.monotonic() - started


def _watch(module, name):
    step = getattr(module, name)

    def watched(*values):
        with timed(f"  {name.strip('_')}"):
            return step(*values)

    setattr(module, name, watched)


def _copy_alone(folder):
    """Each file as it is, into an unlogged table of text."""
    with psycopg.connect("", autocommit=True) as connection:
        for path in sorted(folder.rglob("*.csv")):
            with path.open("rb") as file:
                width = len(next(csv.reader([file.readline().decode()])))
                columns = ", ".join(f"c{number} text" for number in range(width))
                connection.execute(f"create unlogged table copied ({columns})")
                with connection.cursor().copy("copy copied from stdin (format csv)") as copy:
                    while chunk := file.read(1 << 18):
                        copy.write(chunk)
            connection.execute("drop table copied")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "S")
