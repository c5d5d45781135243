"""The whole way, as a newcomer goes it, on a server of its own: the first night, the next, the same
again, a night on which one feed of eight is broken and the refresh is killed; and back."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from expectations import contract
from orchestration import settings
from seeds.synthetic import SCRIPTED_CHILD
from seeds.synthetic.scripted import PEOPLE

STATUSES = ("current", "historic", "none_found", "not_in_scope", "not_connected", "out_of_date")
BROKEN = "housing"
WAIT_SECONDS = 300


class Council:
    """A fresh folder, no variable of ours but its place, and the command line."""

    def __init__(self, folder: Path):
        self.var = folder / "var"
        home = folder / "home"
        home.mkdir()
        self.env = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
        self.env["FAMILY_CONTEXT_VAR"] = str(self.var)
        if choice := os.environ.get("FAMILY_CONTEXT_POSTGRES"):
            self.env["FAMILY_CONTEXT_POSTGRES"] = choice

    def command(self, *words):
        return [sys.executable, "-m", "orchestration.cli", *words]

    def run(self, *words):
        return subprocess.run(
            self.command(*words), env=self.env, capture_output=True, text=True, cwd=settings.ROOT
        )

    def query(self, text, *values):
        port, password = (
            (self.var / "postgres" / name).read_text() for name in ("port", "password")
        )
        address = f"postgresql://postgres:{password}@127.0.0.1:{port}/family_context"
        with psycopg.connect(address) as connection:
            return connection.execute(text, values).fetchall()

    def generation(self):
        return self.query("select generation from published.pointer")[0][0]

    def in_force(self):
        """Per feed: the delivery, the sender's time, the rows."""
        return {
            feed: (delivery_id, extracted_at, self.rows(feed))
            for feed, delivery_id, extracted_at in self.query(
                "select feed, delivery_id, extracted_at from ledger.delivery"
                " where status = 'in_force'"
            )
        }

    def rows(self, feed):
        tables = [table.name for table in contract.load(feed).tables]
        counted = " union all ".join(
            f"select count(*), md5(string_agg(_row_hash, '' order by _row_hash))"  # noqa: S608
            f" from raw_{feed}.{table}_in_force"
            for table in tables
        )
        return self.query(counted)


@pytest.fixture(scope="module")
def council(tmp_path_factory):
    made = Council(tmp_path_factory.mktemp("demo"))
    yield made
    made.run("stop")
    shutil.rmtree(made.var, ignore_errors=True)


@pytest.fixture(scope="module")
def first(council):
    said = council.run("demo")
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.fixture(scope="module")
def second(council, first):
    said = council.run("demo")
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.fixture(scope="module")
def again(council, second):
    said = council.run("refresh")
    assert said.returncode == 0, said.stderr
    return said.stdout


@pytest.fixture(scope="module")
def before(council, again):
    """What was in force before the broken night."""
    return council.in_force()


@pytest.fixture(scope="module")
def killed(council, before):
    """The third night, one feed broken, the refresh killed between landing and publication."""
    assert council.run("generate").returncode == 0
    mistake_a_header(max((council.var / "landing" / BROKEN).iterdir()))
    newest = council.query("select max(delivery_id) from ledger.delivery")[0][0]
    process = subprocess.Popen(
        council.command("refresh"), env=council.env, cwd=settings.ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    feeds = len(contract.feeds()) - 1  # the police sheet comes once
    until = time.monotonic() + WAIT_SECONDS
    landed = "select count(*) from ledger.delivery where delivery_id > %s and status <> 'landed'"
    while council.query(landed, newest)[0][0] < feeds:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.2)
    time.sleep(3)  # dbt is at work
    assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return council.generation(), council.run("status")


@pytest.fixture(scope="module")
def healed(council, killed):
    said = council.run("refresh")
    assert said.returncode == 0, said.stderr
    return said.stdout


def mistake_a_header(delivery):
    """Misspell a required column, in a delivery that is otherwise whole."""
    path, manifest = delivery / "tenancy.csv", delivery / "manifest.json"
    header, _, rows = path.read_bytes().partition(b"\n")
    column = next(c for c in contract.load(BROKEN).table("tenancy").columns if c.is_required)
    words = header.decode().split(",")
    spelt = next(n for n, w in enumerate(words) if w.lower() in map(str.lower, column.headers))
    words[spelt] += "x"
    path.write_bytes(",".join(words).encode() + b"\n" + rows)
    told = json.loads(manifest.read_text())
    told["tables"]["tenancy"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(told))


def test_the_first_night_publishes_generation_1_and_shows_the_childs_family(first):
    assert "Readers see generation 1" in first
    assert "The family of" in first
    assert [status for status in STATUSES if status not in first] == []
    names = {f"{given} {family}" for given, family, *_ in PEOPLE.values()}
    assert [name for name in names if name not in first] == []


def test_the_printed_address_lets_a_bi_tool_read_the_views_and_nothing_else(council, first):
    address = re.search(r"postgresql://bi_reader:\S+", first)[0]
    feed, source_person_id = SCRIPTED_CHILD
    with psycopg.connect(address, autocommit=True) as connection:
        rows = connection.execute(
            "select involvement_status from family_context.family_context"
            " inner join family_context.person_source_record as record"
            " on record.person_id = family_context.child_id"
            " where record.feed = %s and record.source_person_id = %s",
            [feed, source_person_id],
        ).fetchall()
        assert set(STATUSES) <= {row[0] for row in rows}
        for closed in ("published.person", "marts.person", "raw_housing.tenancy", "ledger.run"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select from {closed}")


def test_the_second_night_changes_little_and_says_what(council, second):
    assert "Readers see generation 2" in second
    rows, added, left = council.query(
        "select sum(row_count)::bigint, sum(added_count)::bigint, sum(left_count)::bigint"
        " from ledger.delivery_table"
        " inner join ledger.delivery using (delivery_id) where delivery.status = 'in_force'"
        " and feed <> 'police'"
    )[0]
    assert 0 < added < rows * 0.05
    assert 0 < left < rows * 0.05
    marts = {mart for (mart,) in council.query(
        "select mart from ledger.publication_change"
        " where generation = 2 and added + changed + removed > 0"
    )}  # fmt: skip
    assert "service_involvement" in marts
    assert [mart for mart in marts if mart not in second] == []


def test_the_same_extracts_again_publish_nothing_and_say_so(council, again):
    assert "No delivery was new." in again
    assert "nothing was published" in again
    assert "Readers see generation 2" in again


def test_a_killed_refresh_leaves_readers_where_they_were(killed):
    generation, status = killed
    assert generation == 2
    assert "killed" in status.stdout


def test_the_next_refresh_heals_what_the_kill_left(council, healed):
    assert "Readers see generation 3" in healed
    assert council.query("select status from ledger.run order by run_id desc limit 2") == [
        ("succeeded",),
        ("overtaken",),
    ]
    with dg.DagsterInstance.from_config(str(council.var / "dagster")) as instance:
        assert {run.status.value for run in instance.get_runs()} == {"SUCCESS", "FAILURE"}


def test_a_broken_feed_keeps_yesterdays_rows_and_date_and_the_others_go_on(council, before, healed):
    after = council.in_force()
    assert after[BROKEN] == before[BROKEN]
    moved = {feed for feed in before if after[feed][1] > before[feed][1]}
    assert moved == set(before) - {BROKEN, "police"}
    shown = council.query(
        "select feed, last_delivery_status from family_context.feed_freshness"
        " where last_delivery_status = 'refused'"
    )
    assert shown == [(BROKEN, "refused")]


def test_status_names_the_refused_feed_and_exits_1(council, healed):
    said = council.run("status")
    assert said.returncode == 1
    (line,) = [line for line in said.stdout.splitlines() if BROKEN in line]
    assert "refused" in line


def test_the_refused_feed_is_a_failed_check_in_dagster(council, healed):
    with dg.DagsterInstance.from_config(str(council.var / "dagster")) as instance:

        def passed(feed, table):
            key = dg.AssetCheckKey(dg.AssetKey([feed, table.name]), "meets_expectations")
            (last,) = instance.event_log_storage.get_asset_check_execution_history(key, 1)
            return last.event.asset_check_evaluation.passed

        found = {
            feed: {passed(feed, table) for table in contract.load(feed).tables}
            for feed in contract.feeds()
        }
    assert found == {feed: {feed != BROKEN} for feed in contract.feeds()}


def test_no_value_from_a_feed_is_in_a_log_or_in_dagsters_history(council, again, healed):
    words = {name.encode() for _, family, *_ in PEOPLE.values() for name in [family]}
    words |= {SCRIPTED_CHILD[1].encode()}
    kept = [
        path
        for folder in ("dagster", "dbt/logs", "postgres")
        for path in (council.var / folder).rglob("*")
        if path.is_file() and "data" not in path.relative_to(council.var / folder).parts
    ]
    assert kept
    assert [path for path in kept if any(word in path.read_bytes() for word in words)] == []
    assert not any(word.decode() in again + healed for word in words)


def test_readers_go_back_a_generation_and_forward_again(council, healed):
    assert "generation 2" in council.run("rollback").stdout
    assert council.generation() == 2
    assert "rolled back" in council.run("status").stdout
    assert "generation 3" in council.run("rollback", "--to", "3").stdout


def test_postgresql_alone_stays_up_until_it_is_stopped(council, healed):
    assert started_for(council) == {"postgres"}
    assert council.run("stop").returncode == 0
    assert started_for(council) == set()


def started_for(council):
    """Programs that run with the council's folder in their environment."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            if str(council.var).encode() in (process / "environ").read_bytes():
                found.add((process / "comm").read_text().strip())
    return found
