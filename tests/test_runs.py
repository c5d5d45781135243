"""One refresh at a time, whatever happens to the process that runs it; and no value in a fault."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time

import dagster as dg
import psycopg
import pytest

from orchestration import ledger, runs, settings
from orchestration.resource import faults

DAY = dt.date(2026, 1, 31)
HOLD = """
import datetime, time
from orchestration import runs
with runs.begin(datetime.date(2026, 1, 31)) as run:
    print(run.run_id, flush=True)
    time.sleep(600)
"""


def status(database, run_id):
    return database.execute("select status from ledger.run where run_id = %s", [run_id]).fetchone()


def test_a_second_refresh_is_kept_out_while_the_first_is_at_work(database):
    with runs.begin(DAY) as run:
        assert runs.is_one_running()
        with pytest.raises(runs.AlreadyRunningError), runs.begin(DAY):
            pass
        assert ledger.last_run().status == "running"
    assert status(database, run.run_id) == ("succeeded",)
    assert not runs.is_one_running()


def test_a_run_that_breaks_off_has_failed_and_lets_the_next_one_in(database):
    with pytest.raises(KeyboardInterrupt), runs.begin(DAY) as run:
        raise KeyboardInterrupt
    assert status(database, run.run_id) == ("failed",)
    with runs.begin(DAY) as following:
        assert following.run_id > run.run_id


def test_a_killed_run_holds_no_lock_and_is_overtaken_by_the_next(database):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True, cwd=settings.ROOT
    )
    run_id = int(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() + 10
    while runs.is_one_running() and time.monotonic() < until:  # PostgreSQL notices in a moment
        time.sleep(0.05)
    with runs.begin(DAY):
        assert status(database, run_id) == ("overtaken",)


def test_an_orphan_that_lost_its_lock_does_not_call_itself_a_success(database):
    with runs.begin(DAY) as orphan:
        database.execute(
            "select pg_terminate_backend(pid, 5000) from pg_locks"
            " where locktype = 'advisory' and granted and database ="
            " (select oid from pg_database where datname = current_database())"
        )
        with runs.begin(DAY):
            pass
    assert status(database, orphan.run_id) == ("overtaken",)


class Quiet:
    class log:  # noqa: N801
        warning = staticmethod(print)


def test_a_fault_that_may_pass_is_tried_again():
    with pytest.raises(dg.RetryRequested), faults(Quiet):
        raise psycopg.errors.ConnectionFailure("value from a feed")


def test_a_fault_that_would_stay_is_not_tried_again_and_repeats_no_value(database, capsys):
    with pytest.raises(dg.Failure) as failure, faults(Quiet), psycopg.connect("") as connection:
        connection.execute("select 'value from a feed'::date")
    assert "22007" in failure.value.description
    assert "value" not in failure.value.description + capsys.readouterr().out
    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__
    assert not failure.value.allow_retries
