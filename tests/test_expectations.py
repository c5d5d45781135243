"""The suites: from the contracts and by hand. What they make of deliveries: test_landing.py."""

import importlib
import re

import pytest

from expectations import contract, validate

CONTRACTS = [contract.load(feed, council=None) for feed in contract.feeds()]
TABLES = [(it, table) for it in CONTRACTS for table in it.tables]
KINDS = {"delivery", "row", "value"}


@pytest.fixture(scope="module")
def suites():
    return {
        (it.feed, table.name): validate.suite(it, table, list(it.tables)) for it, table in TABLES
    }


def metas(suite, rule):
    return [check.meta for check in suite if check.meta["rule"] == rule]


def test_every_needed_column_and_every_key_is_judged(suites):
    for it, table in TABLES:
        suite = suites[it.feed, table.name]
        assert {meta["column"] for meta in metas(suite, "is_filled")} == {
            column.name for column in table.columns if column.is_required
        }
        assert len(metas(suite, "key_is_unique")) == 1


def test_every_rule_of_a_contract_is_judged_and_costs_what_the_contract_says(suites):
    costs = {"quarantine": "row", "count": "value"}
    for it, table in TABLES:
        for rule in table.rules:
            (meta,) = metas(suites[it.feed, table.name], rule.name)
            assert meta["kind"] == costs[rule.effect]


def test_every_typed_column_is_judged_readable(suites):
    for it, table in TABLES:
        typed = {
            column.name
            for column in table.columns
            if column.type not in ("text", "code") or column.rule in validate.BY_RULE
        }
        assert typed == {
            meta["column"] for meta in metas(suites[it.feed, table.name], "is_readable")
        }


def test_every_check_says_what_to_do(suites):
    for suite in suites.values():
        for check in suite:
            assert check.meta["kind"] in KINDS
            assert check.meta["message"].endswith(".")
            assert len(check.meta["rule"]) <= 80


def test_every_hand_written_rule_belongs_to_a_table_of_its_feed():
    for it in CONTRACTS:
        module = importlib.import_module(f"expectations.{it.feed}")
        named = {name for name in vars(module) if name.isupper()} - {"FEED"}
        assert named <= {table.name.upper() for table in it.tables}


def test_the_words_for_nothing_are_those_of_the_contracts(database):
    """Suites clean a text as staging does, and both as the contracts say."""
    for it, table in TABLES:
        for column in table.columns:
            if column.type != "text":
                continue
            reader = "name" if column.rule == "person_name" else "clean"
            for token in column.null_tokens:
                found = database.execute(f"select parse.{reader}(%s)", [token]).fetchone()
                assert found == (None,), f"{it.feed}.{table.name}.{column.name}"


def test_staging_reads_a_column_with_the_function_that_judges_it():
    """One reading of a value: what passes here is not nothing there, and the other way round."""
    models = contract.ROOT / "dbt_project" / "models" / "staging"
    for it, _ in TABLES:
        text = "".join(path.read_text() for path in (models / it.feed).glob("*.sql"))
        for table in it.tables:
            for column in table.columns:
                form = validate.BY_RULE.get(column.rule)
                if not form or not re.search(rf"parse\.\w+\(\s*{column.name}\b", text):
                    continue
                function = form.partition("(")[0]
                read = set(re.findall(rf"(parse\.\w+)\(\s*{column.name}\b", text))
                assert function in read, f"{it.feed}.{table.name}.{column.name}"


@pytest.mark.parametrize(
    "formats, expected",
    [
        (("DD/MM/YYYY", "MM/DD/YYYY"), True),
        (("YYYY-MM-DD", "DD/MM/YYYY"), False),
        (("YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS", "YYYYMMDD"), False),
        ((), False),
    ],
)
def test_two_formats_of_one_shape_are_in_doubt(formats, expected):
    assert validate.is_ambiguous(formats) is expected


def test_importing_the_rules_does_not_import_great_expectations():
    import subprocess
    import sys

    loaded = "import sys, orchestration.landing; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=contract.ROOT).returncode == 0
