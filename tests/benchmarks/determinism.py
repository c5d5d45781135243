"""Whether the same deliveries give the same marts, however many work at once. Run by hand:

    python -m tests.benchmarks.determinism [S]

Builds and publishes two nights of one council twice, each time in a database of its own, which is
gone afterwards: with nothing at a time but one, and with four threads of dbt and four helpers for
every plan. Prints each mart's hash, and those that differ. Exit code 1 if any does.
"""

import datetime as dt
import os
import sys
import tempfile
import uuid
from pathlib import Path

import psycopg
from psycopg import sql

from expectations import contract
from orchestration import database, landing, publishing, runs, settings, transform
from orchestration.migrate import migrate
from seeds.synthetic import generate

FIRST_DAY = settings.today()
PARALLEL = {
    "parallel_setup_cost": 0,
    "parallel_tuple_cost": 0,
    "min_parallel_table_scan_size": 0,
    "min_parallel_index_scan_size": 0,
}


def main(size: str = "S") -> None:
    """Compare every way of running with the first."""
    with tempfile.TemporaryDirectory() as folder:
        nights = [Path(folder, "1"), Path(folder, "2")]
        for number, landed in enumerate(nights, start=1):
            day = FIRST_DAY + dt.timedelta(days=number - 1)
            generate(landed, size, 1, day, number, began_on=FIRST_DAY)
        found = {}
        for threads, workers in ((1, 0), (4, 4)):
            os.environ["FAMILY_CONTEXT_THREADS"] = str(threads)
            found[threads, workers] = built(nights, workers)
            print(f"{threads} threads of dbt, {workers} helpers of a plan: built", flush=True)
    first, *others = found.values()
    differing = sorted({mart for other in others for mart in first if other[mart] != first[mart]})
    for mart, (row_count, number) in first.items():
        print(f"    {mart:34}{row_count:>10,} rows  {number}")
    print(f"{len(first)} marts, of which differ: {', '.join(differing) or 'none'}")
    sys.exit(bool(differing))


def built(nights: list[Path], workers: int) -> dict[str, tuple[int, str]]:
    """Refresh and publish night by night: the rows of each mart, and a hash of them all."""
    name = f"determinism_{uuid.uuid4().hex[:8]}"
    os.environ["PGDATABASE"] = name
    database.ensure_running()
    try:
        migrate()
        with psycopg.connect("", autocommit=True) as connection:
            for key, value in {"max_parallel_workers_per_gather": workers, **PARALLEL}.items():
                setting = sql.SQL("alter database {} set {} = {}")
                connection.execute(
                    setting.format(sql.Identifier(name), sql.SQL(key), sql.Literal(value))
                )
        for number, landed in enumerate(nights):
            refresh(landed, FIRST_DAY + dt.timedelta(days=number))
        with psycopg.connect("") as connection:
            return hashes(connection)
    finally:
        with psycopg.connect("dbname=postgres", autocommit=True) as connection:
            drop = sql.SQL("drop database if exists {} with (force)")
            connection.execute(drop.format(sql.Identifier(name)))


def refresh(landed: Path, day: dt.date) -> None:
    """One night, from the files to the generation."""
    os.environ["FAMILY_CONTEXT_LANDING"] = str(landed)
    with runs.begin(day) as run:
        for feed in contract.feeds():
            landing.land(feed, day, 0)
        words = ("build", "--resource-type", "seed", "--resource-type", "model")
        if not transform.dbt(*words, as_of_date=day).success:
            raise SystemExit("dbt build fails")
        publishing.publish(run.run_id, day)


def hashes(connection) -> dict[str, tuple[int, str]]:
    """Of each mart how many rows were ever published, and the sum of their hashes.

    When a delivery was received, and so the row that says it, is of the clock.
    """
    marts = connection.execute("select mart from published.mart order by mart").fetchall()
    return {
        mart: connection.execute(
            sql.SQL(
                "select count(*),"
                " coalesce(sum(hashtextextended((to_jsonb(mart) - 'received_at')::text, 0)), 0)"
                "::text from {} as mart"
            ).format(sql.Identifier("published", mart))
        ).fetchone()
        for (mart,) in marts
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
