"""Dagster, asked as its pages ask: a real webserver, its GraphQL, and everything loads."""

import contextlib
import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import dagster as dg
import pytest

from expectations import contract
from orchestration import arrivals, refreshing, runs, settings, transform

WAIT_SECONDS = 90
LOADED = """
{
  repositoriesOrError {
    __typename
    ... on PythonError { message }
    ... on RepositoryConnection {
      nodes {
        jobs { name }
        schedules { name cronSchedule executionTimezone }
        sensors { name }
        assetNodes {
          assetKey { path }
          isMaterializable
          dependencyKeys { path }
          assetChecksOrError {
            __typename
            ... on AssetChecks { checks { name } }
          }
        }
      }
    }
  }
}
"""


@pytest.fixture(scope="module")
def loaded(database, manifest):
    """What the webserver says of our definitions: the one repository."""
    refreshing.prepare_home()
    with webserver() as address:
        answer = ask(address, LOADED)["repositoriesOrError"]
    assert answer["__typename"] == "RepositoryConnection", answer.get("message")
    (repository,) = answer["nodes"]
    return repository


@pytest.fixture(scope="module")
def assets(loaded):
    return {tuple(node["assetKey"]["path"]): node for node in loaded["assetNodes"]}


def feed_tables():
    return {(feed, t.name) for feed in contract.feeds() for t in contract.load(feed).tables}


def checks(node):
    assert node["assetChecksOrError"]["__typename"] == "AssetChecks"
    return {check["name"] for check in node["assetChecksOrError"]["checks"]}


def test_every_feed_table_is_an_asset_with_its_checks(assets):
    assert len(feed_tables()) == 27
    for key in feed_tables():
        assert assets[key]["isMaterializable"]
        assert {"meets_expectations", "is_fresh"} <= checks(assets[key])


def test_every_model_and_seed_of_dbt_is_an_asset(assets, manifest):
    built = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assert built - {key[-1] for key in assets} == set()


def test_every_test_of_dbt_is_a_check(assets, manifest):
    tests = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    shown = set().union(*(checks(node) for node in assets.values()))
    assert tests - shown == set()


def test_staging_reads_the_feed_tables_and_the_publication_waits_for_every_mart(assets):
    read = {tuple(key["path"]) for node in assets.values() for key in node["dependencyKeys"]}
    assert feed_tables() - read == set()
    waited = {tuple(key["path"]) for key in assets["published", "generation"]["dependencyKeys"]}
    assert waited == {key for key in assets if key[0] == "marts"}


def test_the_refresh_has_a_schedule_outside_the_hours_that_clocks_change(loaded):
    assert "refresh" in {job["name"] for job in loaded["jobs"]}
    assert [sensor["name"] for sensor in loaded["sensors"]] == ["landing_folder"]
    (schedule,) = loaded["schedules"]
    assert schedule["executionTimezone"] == "Europe/London"
    assert 3 <= int(schedule["cronSchedule"].split()[1]) < 24


def test_the_sensor_asks_once_for_each_new_state_of_the_landing_folder(
    database, tmp_path, monkeypatch
):
    monkeypatch.setenv("FAMILY_CONTEXT_LANDING", str(tmp_path))
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0)
    assert "Nothing waits" in tick().skip_message
    (tmp_path / "school" / "2026-01-30T2000.part").mkdir(parents=True)
    assert "Nothing waits" in tick().skip_message
    delivery = tmp_path / "school" / "2026-01-30T2000"
    delivery.mkdir()
    (delivery / "enrolment.csv").write_text("header\n")
    (asked,) = tick().run_requests
    assert tick().run_requests[0].run_key == asked.run_key
    (delivery / "contact.csv").write_text("header\n")
    assert tick().run_requests[0].run_key != asked.run_key
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 60)
    assert "Nothing waits" in tick().skip_message  # somebody may still be writing


def test_neither_sensor_nor_schedule_starts_a_refresh_beside_another(database):
    from orchestration.definitions import every_morning

    with runs.begin(dt.date(2026, 1, 31)):
        assert "running" in tick().skip_message
        assert "running" in every_morning.evaluate_tick(dg.build_schedule_context()).skip_message
    assert len(every_morning.evaluate_tick(dg.build_schedule_context()).run_requests) == 1


def test_a_refresh_that_begins_beside_another_leaves_the_work_to_it(
    database, manifest, monkeypatch
):
    said = iter([False])  # it looked a moment too early
    is_one_running = runs.is_one_running
    monkeypatch.setattr(runs, "is_one_running", lambda: next(said, is_one_running()))
    with runs.begin(dt.date(2026, 1, 31)) as first, pytest.raises(runs.AlreadyRunningError):
        refreshing.refresh()
    assert database.execute("select max(run_id) from ledger.run").fetchone() == (first.run_id,)


def test_what_dbt_could_not_build_is_named_without_postgresqls_words(database, manifest):
    day = dt.date(2026, 1, 31)
    select = ("run", "--select", "stg_ledger__delivery")
    assert [event["info"]["name"] for event in transform.events(*select, as_of_date=day)]
    database.execute("alter table ledger.delivery rename to elsewhere")
    try:
        with pytest.raises(transform.BuildError) as failure:
            list(transform.events(*select, as_of_date=day))
    finally:
        database.execute("alter table ledger.elsewhere rename to delivery")
    assert "stg_ledger__delivery: error" in str(failure.value)
    assert "does not exist" not in str(failure.value)


def tick():
    from orchestration.definitions import landing_folder

    return landing_folder.evaluate_tick(dg.build_sensor_context())


@contextmanager
def webserver():
    """Dagster's pages on a free port; its processes are gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "dagster_webserver"]
    command += ["--module-name", "orchestration.definitions", "--host", "127.0.0.1"]
    log = settings.var() / "webserver.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            cwd=settings.ROOT, stdout=file, stderr=file, start_new_session=True,
        )  # fmt: skip
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(WAIT_SECONDS * 2):
            try:
                urllib.request.urlopen(f"{address}/server_info", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its code server, should it linger


def ask(address, query):
    request = urllib.request.Request(
        f"{address}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.load(response)
    assert "errors" not in answer, answer
    return answer["data"]
