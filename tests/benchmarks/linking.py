"""What it costs to work out who is who: for a whole council, and for what changed in one night.

    python -m tests.benchmarks.linking make [--wards 121]
    python -m tests.benchmarks.linking time [--changed 5000]

`make` fills the current database, which should be empty, with a council: 121 wards of 3,750
residents send a million records. `time` works out all its people anew, then takes the day as
published, gives some records a name, birth date, number or telephone of somebody else, and works
out what that touches. It prints the seconds that dbt tells of each model on both nights, and how
many rows differ from what is made anew. It leaves the changed records behind.
"""

import argparse
import datetime as dt
import os
import tempfile
from pathlib import Path

import psycopg

from expectations import contract
from orchestration import database, landing, transform
from orchestration.migrate import migrate
from seeds import synthetic
from tests.benchmarks.nights import (
    ADDRESSES,
    CHANGES,
    LINKS,
    MARTS,
    PERSONS,
    PROFILES,
    differences,
    forget,
    keep,
    publish,
)

DAY = dt.date(2026, 1, 31)
STEPS = {"what is compared": PROFILES, "keys to links": LINKS, "links to people": PERSONS}
ALL = (*ADDRESSES, *PROFILES, *LINKS, *PERSONS)
DRAWN = """
create temp table drawn as
select
    drawn.record_id,
    other.record_id as other_record_id,
    2 + drawn.place %% 5 as change,
    drawn.place
from (
    select record_id, row_number() over (order by hashtextextended(record_id, 1)) as place
    from intermediate.int_person__unioned
) as drawn
inner join (
    select record_id, row_number() over (order by hashtextextended(record_id, 2)) as place
    from intermediate.int_person__unioned
) as other on drawn.place = other.place
where drawn.place <= %s
"""


def make(wards: int) -> None:
    """A council of so many wards, landed, and all that the resolution of its people reads."""
    synthetic.SIZES["benchmark"] = synthetic.Size(wards, 3_750, 3.3)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FAMILY_CONTEXT_LANDING"] = folder
        made = synthetic.generate(Path(folder), "benchmark", 21, DAY)
        print(f"{made.records:,} records of {made.people:,} people", flush=True)
        for feed in contract.feeds():
            landing.land(feed, DAY, 0)
    build("build", "--resource-type", "seed")
    build("run", "--select", "+int_person__identified", "--exclude", *ALL)


def measure(changed: int) -> None:
    """Both nights, and what differs."""
    with psycopg.connect("", autocommit=True) as connection:
        whole = anew()
        build("run", "--select", *MARTS)
        following = "select coalesce(max(generation), 0) + 1 from published.generation"
        publish(connection, connection.execute(following).fetchone()[0])
        # the night after a first publication; the one that is timed follows it
        build("run", "--select", "staging.published", *ALL)
        connection.execute(DRAWN, [changed])
        for statement in CHANGES[2:7]:
            connection.execute(statement, {"night": 1})
        part = build("run", "--select", *ALL)
        print(f"{'':34}{'all':>8}{'changed':>10}")
        for step, models in STEPS.items():
            for model in models:
                print(f"    {model:30}{whole[model]:>8.1f}{part[model]:>10.1f}")
            sums = (sum(night[model] for model in models) for night in (whole, part))
            print("{:34}{:>8.1f}{:>10.1f}".format(step, *sums))
        for name in ("renewed", "touched"):
            count = f"select count(*) from intermediate.int_person__{name}"
            print(f"{connection.execute(count).fetchone()[0]:,} records {name} for {changed:,}")
        keep(connection)
        anew()
        print(f"{sum(differences(connection).values())} rows differ from what is made anew")


def anew() -> dict[str, float]:
    """Work out all people anew: the seconds of each model."""
    with psycopg.connect("", autocommit=True) as connection:
        forget(connection)
    return build("run", "--select", *ALL)


def build(*words: str) -> dict[str, float]:
    """Run dbt: the seconds of each node. Raises RuntimeError if it fails."""
    result = transform.dbt(*words, as_of_date=DAY)
    if not result.success:
        raise RuntimeError(f"dbt {words[0]} fails")
    return {one.node.name: one.execution_time for one in result.result}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=["make", "time"])
    parser.add_argument("--wards", type=int, default=121)
    parser.add_argument("--changed", type=int, default=5_000)
    asked = parser.parse_args()
    database.ensure_running()
    migrate()
    make(asked.wards) if asked.what == "make" else measure(asked.changed)


if __name__ == "__main__":
    main()
