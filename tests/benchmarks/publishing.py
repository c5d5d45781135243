"""How long a publication takes, and how long a reader waits for one child. Run by hand:

    python -m tests.benchmarks.publishing [children]

Makes a database of its own and drops it. 22,300 children are a million rows of family_context.
"""

import os
import random
import statistics
import sys
import threading
import time
import uuid

import psycopg
from psycopg import sql

from orchestration import database
from orchestration.migrate import migrate
from orchestration.publishing import publish
from tests import invented_marts

READS = 2000
VIEW = "select * from family_context.family_context where child_ref = %s"
ONE_ROW = (
    "select * from published.family_context where child_id = %s::bigint"
    " and member_id = child_id + 1 and service = 'housing' and valid_from_generation = 1"
)
ALL_ROWS = (
    "select * from published.family_context where child_id = %s::bigint"
    " and valid_to_generation = 2147483647"
)


def main(children):
    """Publish three times, then read; print the figures."""
    os.environ["PGDATABASE"] = f"benchmark_{uuid.uuid4().hex[:8]}"
    database.ensure_running()
    migrate()
    with psycopg.connect("", autocommit=True) as connection:
        invented_marts.build(connection, children)
        run = invented_marts.start_run(connection)
        print(
            f"{connection.info.server_version // 10000}: {children * 45:,} rows of family_context"
        )
        first = timed("first publication", lambda: publish(run))
        timed("nothing changed", lambda: publish(run))
        with watched_reads(children):
            for share in (1, 1):
                change(connection, share)
                again = timed("1 % changed", lambda: publish(run))
        print(f"{'1 % changed / first':32} {again / first:8.1%}")
    bare = read("bare read by primary key, 1 row", ONE_ROW, children, None)
    read("bare read by child, 45 rows", ALL_ROWS, children, None)
    for need_level in ("s17", "s47"):
        found = read(f"family_context by child, {need_level}", VIEW, children, need_level)
    print(f"{'family_context / bare, median':32} {found / bare:8.1f}")
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        drop = sql.SQL("drop database {} with (force)")
        connection.execute(drop.format(sql.Identifier(os.environ["PGDATABASE"])))


def timed(what, work):
    """Print and return the seconds."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    print(f"{what:32} {seconds:8.2f} s")
    return seconds


def change(connection, share):
    """Another contact in a share of the rows, and new dates of every service."""
    connection.execute(
        "update marts.family_context set contact_name = 'Contact ' || random()"
        " where random() * 100 < %s",
        [share],
    )
    connection.execute("update marts.service_coverage set search_to = search_to + 1")


def read(what, question, children, need_level):
    """Print the latency of single reads, as a reader when a need level is given; the median."""
    with psycopg.connect("", autocommit=True) as connection:
        if need_level:
            connection.execute("set role reader_worker")
            connection.execute(
                "select set_config('family_context.need_level', %s, false)", [need_level]
            )
        taken = sorted(read_once(connection, question, children) for _ in range(READS))
    median = statistics.median(taken)
    print(f"{what:32} p50 {median * 1e3:6.2f} ms   p99 {taken[int(READS * 0.99)] * 1e3:6.2f} ms")
    return median


def read_once(connection, question, children):
    """Seconds for one child, rows fetched."""
    child = str(random.randint(1, children) * 10)
    started = time.perf_counter()
    connection.execute(question, [child]).fetchall()
    return time.perf_counter() - started


class watched_reads:  # noqa: N801
    """Read all the while, and print the longest wait."""

    def __init__(self, children):
        """Prepare the reader."""
        self.children, self.finished, self.longest = children, threading.Event(), 0.0
        self.reader = threading.Thread(target=self.read)

    def read(self):
        """One child after the other."""
        with psycopg.connect("", autocommit=True) as connection:
            connection.execute("set role reader_worker")
            while not self.finished.is_set():
                self.longest = max(self.longest, read_once(connection, VIEW, self.children))

    def __enter__(self):
        """Start reading."""
        self.reader.start()

    def __exit__(self, *_):
        """Stop, and tell."""
        self.finished.set()
        self.reader.join()
        print(f"{'longest read meanwhile':32} {self.longest * 1e3:8.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 22_300)
