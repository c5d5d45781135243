"""Staging survives whatever a feed sends: no row is lost, doubled, or able to stop the run."""

import pytest
from dbt.cli.main import dbtRunner
from psycopg import sql

from expectations import contract
from tests.test_layout import DBT_PROJECT

ODD = [
    None,
    "",
    "   ",
    "NULL",
    "-1",
    "x" * 2000,
    "0",
    "99999999999999999999999999",
    "1.00012E+11",
    "infinity",
    "2010-02-30",
    "01/02/15",
    "9999-12-31",
    "Y",
    "{",
    '{"HOUSE": "14", "STREET": "The "Old" Mill"}',
    '{"HOUSE": 14, "UPRN": "900000000001"}',
    "'; drop table raw_housing.tenancy; --",
    "\\",
    "\u00a0\u200b\u202e",
    "\U0001f600",
    "50% off",
    "two\nlines",
]


@pytest.fixture(scope="module")
def staged(database):
    """Every raw table with odd values in every column, and staging built on it."""
    for feed in contract.feeds():
        for table in contract.load(feed).tables:
            _fill(database, f"raw_{feed}", table)
    result = dbtRunner().invoke(
        [
            "--quiet", "run", "--select", "staging", "--vars", "{as_of_date: 2026-01-31}",
            "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
        ]
    )  # fmt: skip
    return result


def _fill(database, schema, table):
    columns = [column.name for column in table.columns]
    names = ["_row_hash", "_delivery_id", "_row_number", *columns]
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(schema, table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with database.cursor().copy(statement) as copy:
        for number, odd in enumerate(ODD, start=1):
            copy.write_row([f"{number}", 1, number, *[odd] * len(columns)])


def test_no_odd_value_stops_staging(staged):
    failed = [result.node.name for result in staged.result if result.status != "success"]
    assert (failed, staged.success) == ([], True)


def test_no_row_is_lost_or_doubled_in_staging(staged, database, manifest):
    for model in manifest["nodes"].values():
        if model["resource_type"] != "model" or model["fqn"][1:3] == ["staging", "ledger"]:
            continue
        if model["fqn"][1] != "staging" or model["fqn"][2] not in contract.feeds():
            continue
        table = sql.Identifier("staging", model["name"])
        count = database.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()[0]
        assert count == len(ODD), model["name"]


def test_records_without_a_reference_share_no_key(staged, database):
    odd = database.execute(
        "select count(*) from staging.stg_housing__member"
        " where record_id is not null and source_person_id is null"
    ).fetchone()[0]
    assert odd == 0
