"""How long each step of a refresh takes, landing to published, and how that grows. Run by hand:

    python -m tests.benchmarks.refresh S 4 20

A number is of wards as large as those of M. Each size gets a database and a landing folder of its
own, both gone afterwards: the first night, then a night with 1 % changed, then the same night
again. Prints a table per size with each step's share, and the growth from one size to the next: 1.0
is linear, 2.0 quadratic. Of each night also the seconds of processor, which other work on the
machine does not lengthen.
"""

import contextlib
import itertools
import json
import math
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path

import psycopg
from psycopg import sql

from expectations import contract
from orchestration import database, landing, publishing, settings, transform
from orchestration.migrate import migrate
from seeds.synthetic import SIZES, Size, generate

AS_OF = settings.today()
PAGES = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def main(sizes):
    """Measure each size; then the growth between neighbours."""
    measured = [measure(size) for size in sizes]
    for (less, small, rows), (more, large, more_rows) in itertools.pairwise(measured):
        print(f"\n{less} to {more}: {more_rows / rows:.0f} times the rows")
        for step in small:
            growth = math.log(large[step] / small[step]) / math.log(more_rows / rows)
            print(f"  {step:28} {small[step]:8.2f} s  {large[step]:8.2f} s  growth {growth:4.2f}")


def measure(size):
    """Three nights of one size: seconds by step of the first, and the rows landed."""
    if size.isdigit():
        SIZES[size] = Size(int(size), SIZES["M"].residents, SIZES["M"].depth)
    folder = Path(tempfile.mkdtemp(prefix="fc-benchmark-"))
    os.environ["FAMILY_CONTEXT_LANDING"] = str(folder / "landing")
    os.environ["PGDATABASE"] = f"benchmark_{uuid.uuid4().hex[:8]}"
    database.ensure_running()
    migrate()
    try:
        first = night(size, 1)
        changed = night(size, 2)
        again = night(size, None)
        rows = landed_rows()
        print(f"\n{size}: {rows:,} rows landed")
        print(f"  {'step':28} {'first':>10} {'share':>6} {'1 % new':>9} {'again':>9}")
        for step in first:
            share = first[step] / sum(first.values())
            print(
                f"  {step:28} {first[step]:8.2f} s {share:6.0%}"
                f" {changed[step]:7.2f} s {again[step]:7.2f} s"
            )
        totals = [sum(steps.values()) for steps in (first, changed, again)]
        print(
            f"  {'all':28} {totals[0]:8.2f} s {'':6} {totals[1]:7.2f} s {totals[2]:7.2f} s"
            f"   1 % new / first {totals[1] / totals[0]:.0%}"
        )
        return size, first, rows
    finally:
        with psycopg.connect("dbname=postgres", autocommit=True) as connection:
            drop = sql.SQL("drop database {} with (force)")
            connection.execute(drop.format(sql.Identifier(os.environ["PGDATABASE"])))
        shutil.rmtree(folder)


def night(size, number):
    """One refresh: seconds by step. Without a number nothing new is delivered."""
    if number:
        started = time.perf_counter()
        generate(settings.landing(), size, 1, AS_OF, number, began_on=AS_OF)
        print(f"{size}, night {number}: generated in {time.perf_counter() - started:.0f} s")
    with psycopg.connect("", autocommit=True) as connection:
        run_id = connection.execute(
            "insert into ledger.run (as_of_date) values (%s) returning run_id", [AS_OF]
        ).fetchone()[0]
    steps = Counter()
    used = processor_seconds()
    with peak_of_the_server() as peak:
        started = time.perf_counter()
        for feed in contract.feeds():
            landing.land(feed, AS_OF)
        steps["landing"] = time.perf_counter() - started
        started = time.perf_counter()
        result = transform.dbt("build", "--exclude-resource-type", "unit_test", as_of_date=AS_OF)
        if not result.success:
            raise SystemExit("dbt build failed")
        steps.update(seconds_by_layer())
        steps["dbt: start, parse, wait"] = max(
            time.perf_counter() - started - sum(steps.values()) + steps["landing"], 0.01
        )
        started = time.perf_counter()
        publishing.publish(run_id)
        steps["publishing"] = time.perf_counter() - started
    client = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ours, servers = (
        after - before for before, after in zip(used, processor_seconds(), strict=True)
    )
    print(
        f"{size}, night {number or 'again'}: client {client:,.0f} MiB, server {peak.mib:,.0f} MiB;"
        f" processor: client {ours:.0f} s, server {servers:.0f} s"
    )
    return steps


def processor_seconds():
    """What this process, and all of a server on this machine, have had of the processor."""
    with psycopg.connect("") as connection:
        backend = connection.execute("select pg_backend_pid()").fetchone()[0]
        postmaster = stat(backend)[1]
        # those at work, and the server's own count of those that ended
        own = sum(int(ticks) for ticks in stat(postmaster)[11:15])
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                fields = stat(process.name)
                own += sum(map(int, fields[11:13])) if fields[1] == postmaster else 0
    ours = resource.getrusage(resource.RUSAGE_SELF)
    return ours.ru_utime + ours.ru_stime, own / TICKS


def stat(process):
    """What the system says of a process, from its state on."""
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()


def seconds_by_layer():
    """What dbt says each model, seed and test took, added up by layer."""
    path = transform.folder() / "target" / "run_results.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    steps = Counter()
    slowest = sorted(results, key=lambda result: -result["execution_time"])[:12]
    for result in slowest:
        print(f"    {result['execution_time']:7.2f} s  {result['unique_id'].split('.')[2]}")
    for result in results:
        kind, _, name, *_ = result["unique_id"].split(".")
        layer = {"stg": "staging", "int": "intermediate"}.get(name.split("_")[0], "marts")
        steps[f"dbt: {layer if kind == 'model' else kind}"] += result["execution_time"] / 2
    return steps


class peak_of_the_server:  # noqa: N801
    """The most memory that the server's processes held at once, as MiB of their own pages."""

    def __init__(self):
        """Nothing seen yet."""
        self.mib, self.finished = 0.0, threading.Event()
        self.watcher = threading.Thread(target=self.watch)

    def watch(self):
        """Look twice a second."""
        while not self.finished.wait(0.5):
            self.mib = max(self.mib, sum(map(private_mib, Path("/proc").glob("[0-9]*"))))

    def __enter__(self):
        """Start to look."""
        self.watcher.start()
        return self

    def __exit__(self, *_):
        """Stop."""
        self.finished.set()
        self.watcher.join()


def private_mib(process):
    """Resident less shared pages of one process of PostgreSQL; 0 for any other."""
    try:
        if (process / "comm").read_text().strip() != "postgres":
            return 0.0
        _, resident, shared, *_ = (process / "statm").read_text().split()
    except OSError:  # it has ended
        return 0.0
    return (int(resident) - int(shared)) * PAGES / 2**20


def landed_rows():
    """Rows of every file that came into force first."""
    with psycopg.connect("") as connection:
        return connection.execute(
            "select sum(row_count) from ledger.delivery_table where delivery_id in"
            " (select min(delivery_id) from ledger.delivery where decided_at is not null"
            " group by feed)"
        ).fetchone()[0]


if __name__ == "__main__":
    main(sys.argv[1:] or ["S"])
