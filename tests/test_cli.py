"""The command line: every verb explains itself, and none starts slowly."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from orchestration import database, ledger, settings
from orchestration.cli import app
from orchestration.linkage import report

VERBS = [command.name or command.callback.__name__ for command in app.registered_commands]
GROUPS = {
    group.name: [command.callback.__name__ for command in group.typer_instance.registered_commands]
    for group in app.registered_groups
}
SLOW = ("dagster", "dagster_dbt", "dbt", "great_expectations", "pandas", "sqlalchemy")


def test_run_and_the_command_line_know_the_same_verbs():
    listed = subprocess.run(
        ["sh", settings.ROOT / "run", "help"], capture_output=True, text=True, check=True
    ).stdout
    words = {line.split()[0] for line in listed.splitlines() if line.startswith("  ")}
    assert words - {"test"} == set(VERBS) | set(GROUPS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb):
    said = CliRunner().invoke(app, [verb, "--help"])
    assert said.exit_code == 0
    assert f"Example: ./run {verb}" in said.output


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"dagster"}))
def test_every_verb_that_ends_tells_its_exit_codes(verb):
    assert "Exit code 0" in CliRunner().invoke(app, [verb, "--help"]).output


@pytest.mark.parametrize(
    "words", [[group, verb] for group, verbs in GROUPS.items() for verb in verbs], ids=" ".join
)
def test_every_verb_of_a_group_has_help_with_an_example_and_exit_codes(words):
    said = CliRunner().invoke(app, [*words, "--help"]).output
    assert f"Example: ./run {' '.join(words)}" in said
    assert "Exit code 0" in said


def test_the_command_line_starts_without_what_is_slow_to_import():
    call = "import sys, orchestration.cli; print(*sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", call], capture_output=True, text=True, check=True, cwd=settings.ROOT
    ).stdout
    assert set(SLOW) & set(said.split()) == set()


def test_a_server_that_cannot_be_reached_is_one_line_and_exit_code_1():
    nowhere = os.environ | {"PGHOST": "127.0.0.1", "PGPORT": "1", "PGDATABASE": "nothing"}
    nowhere.pop("FAMILY_CONTEXT_EMBEDDED", None)
    said = run(nowhere, "status")
    assert said.returncode == 1
    assert len(said.stderr.splitlines()) == 1
    assert "Traceback" not in said.stderr


def test_a_database_that_is_not_set_up_says_what_to_do(server):
    said = run(os.environ | {"PGDATABASE": "postgres"}, "status")
    assert said.returncode == 1
    assert said.stderr == "family-context: The database is not set up. Run: ./run start\n"


@pytest.mark.parametrize(
    ("states", "run_status", "is_published", "code"),
    [
        (["fresh", "fresh"], "succeeded", True, 0),
        (["fresh", "late"], "succeeded", True, 3),
        (["out of date", "never received"], "running", True, 3),
        (["fresh", "refused"], "succeeded", True, 1),
        (["fresh", "late"], "failed", True, 1),
        (["fresh", "fresh"], "killed", True, 1),
        (["never received"], None, False, 1),
    ],
)
def test_the_exit_code_of_status_says_who_has_something_to_do(
    monkeypatch, states, run_status, is_published, code
):
    empty = dict.fromkeys(
        ("feed", "data_current_as_of", "age_in_days", "in_force_since", "set_aside_count",
         "refused_delivery_id", "refusal")
    )  # fmt: skip
    run = SimpleNamespace(run_id=1, status=run_status, started_at=None, duration=None)
    shown = SimpleNamespace(generation=1, is_newest=True, as_of_date=None, published_at=None)
    skipped = SimpleNamespace(
        key_kind_label="Telephone", block_count=2, largest_block=1200, record_count=1300,
        unsearched_record_count=3,
    )  # fmt: skip
    monkeypatch.setattr(database, "ensure_running", lambda: None)
    monkeypatch.setattr(
        ledger, "feeds", lambda: [SimpleNamespace(**empty | {"state": state}) for state in states]
    )
    monkeypatch.setattr(ledger, "last_run", lambda: run if run_status else None)
    monkeypatch.setattr(ledger, "shown", lambda: shown if is_published else None)
    monkeypatch.setattr(ledger, "skipped", lambda: [skipped])
    said = CliRunner().invoke(app, ["status"])
    assert said.exit_code == code
    assert "too many share it: Telephone. 2 values, the commonest of 1,200 records" in said.output


def test_a_measurement_whose_package_is_missing_is_left_out_and_a_failed_one_is_told(monkeypatch):
    monkeypatch.setattr(
        report, "parts",
        lambda truth: [
            report.Part("one", ("no_such_module",), "no_such_package"),
            report.Part("two", ("no_such_module",)),
            report.Part("three", ("this",)),
        ],
    )  # fmt: skip
    said = CliRunner().invoke(app, ["linkage", "report"])
    assert said.exit_code == 1
    assert "no_such_package is not installed" in said.output
    assert said.output.count("It failed") == 1
    assert "Beautiful is better than ugly" in said.output


@pytest.mark.parametrize(
    "words", [["statsu"], ["generate", "--size", "X"], ["generate", "--night", "0"],
              ["family", "--need", "s1"], ["refresh", "--as-of-date", "tomorrow"]]
)  # fmt: skip
def test_a_wrong_word_is_exit_code_2(words):
    assert CliRunner().invoke(app, words).exit_code == 2


def run(env, *words):
    command = [sys.executable, "-m", "orchestration.cli", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, cwd=settings.ROOT)
