"""The command line: every verb explains itself, and none starts slowly."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from orchestration import settings
from orchestration.cli import app

VERBS = [command.name or command.callback.__name__ for command in app.registered_commands]
SLOW = ("dagster", "dagster_dbt", "dbt", "great_expectations", "pandas", "sqlalchemy")


def test_run_and_the_command_line_know_the_same_verbs():
    listed = subprocess.run(
        ["sh", settings.ROOT / "run", "help"], capture_output=True, text=True, check=True
    ).stdout
    words = {line.split()[0] for line in listed.splitlines() if line.startswith("  ")}
    assert words - {"test"} == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb):
    said = CliRunner().invoke(app, [verb, "--help"])
    assert said.exit_code == 0
    assert f"Example: ./run {verb}" in said.output


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"dagster"}))
def test_every_verb_that_ends_tells_its_exit_codes(verb):
    assert "Exit code 0" in CliRunner().invoke(app, [verb, "--help"]).output


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
    "words", [["statsu"], ["generate", "--size", "X"], ["generate", "--night", "0"],
              ["family", "--need", "s1"], ["refresh", "--as-of-date", "tomorrow"]]
)  # fmt: skip
def test_a_wrong_word_is_exit_code_2(words):
    assert CliRunner().invoke(app, words).exit_code == 2


def run(env, *words):
    command = [sys.executable, "-m", "orchestration.cli", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, cwd=settings.ROOT)
