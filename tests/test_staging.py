"""Staging survives whatever a feed sends: no row is lost, doubled, or able to stop the run."""

from random import Random

import pytest
from psycopg import sql

from expectations import contract
from orchestration import transform

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
def staged(database, dbt, manifest):
    """What every staging model of a feed reads of odd values in every column; landing would have
    set aside rows without a key, and the tables of the models would refuse them."""
    for feed in contract.feeds():
        for table in contract.load(feed).tables:
            _fill(database, f"raw_{feed}", table)
    assert dbt("compile", "--select", "staging").success
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["fqn"][1] == "staging"
        and node["config"]["materialized"] == "reading"
    ]
    for model in models:
        path = transform.folder() / "target/compiled/family_context" / model["original_file_path"]
        table = sql.Identifier("staging", model["name"])
        database.execute(
            sql.SQL("create table {} as ").format(table) + sql.SQL(path.read_text("utf-8"))
        )
    return [model["name"] for model in models]


def _fill(database, schema, table):
    columns = [column.name for column in table.columns]
    names = ["_row_hash", "_delivery_id", "_row_number", *columns]
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(schema, table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with database.cursor().copy(statement) as copy:
        for number, odd in enumerate(ODD, start=1):
            copy.write_row([f"{number}", 1, number, *[odd] * len(columns)])


def test_no_row_is_lost_or_doubled_in_staging_whatever_it_holds(staged, database):
    for model in staged:
        table = sql.Identifier("staging", model)
        count = database.execute(sql.SQL("select count(*) from {}").format(table)).fetchone()[0]
        assert count == len(ODD), model


def test_records_without_a_reference_share_no_key(staged, database):
    odd = database.execute(
        "select count(*) from staging.stg_housing__member"
        " where record_id is not null and source_person_id is null"
    ).fetchone()[0]
    assert odd == 0


class Reading:
    """One staging model of rows that come, go, return and are erased, and how it differs."""

    def __init__(self, database, dbt, manifest):
        self.database, self.dbt, self.random = database, dbt, Random(1)
        self.node = manifest["nodes"]["model.family_context.stg_school__enrolment"]
        self.columns = [
            column.name for column in contract.load("school").table("enrolment").columns
        ]
        self.night = 0

    def turn(self):
        """The next delivery: a tenth of the rows leave, some are erased, as many come."""
        self.night += 1
        run = self.database.execute
        run("select setseed(0.5)")
        run(
            "update raw_school.enrolment set _left_delivery_id = %s"
            " where _left_delivery_id is null and random() < 0.1",
            [self.night],
        )
        run("delete from raw_school.enrolment where random() < 0.05")
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        for number in range(1, 20):
            # the same content may come again, and a number may hold another row than last night
            odd = [self.random.choice(ODD[4:]) for _ in self.columns]
            values = [
                f"{self.random.randrange(200)}" if "ref" in name or "id" in name else value
                for name, value in zip(self.columns, odd, strict=True)
            ]
            run(
                sql.SQL(
                    "insert into raw_school.enrolment (_row_hash, _delivery_id, _row_number, {})"
                    " values (%s, %s, %s, {})"
                ).format(names, sql.SQL(", ").join(sql.Placeholder() * len(values))),
                [f"{self.night} {number}", self.night, number, *values],
            )

    def build(self):
        assert self.dbt("run", "--select", self.node["name"]).success

    def file_nodes(self):
        """Where its table is: another place says that it was made anew."""
        where = "select pg_relation_filepath('staging.stg_school__enrolment')"
        return self.database.execute(where).fetchone()[0]

    def differing(self):
        """Rows that are not as they would be read now."""
        assert self.dbt("compile", "--select", self.node["name"]).success
        folder = transform.folder() / "target/compiled/family_context"
        read = (folder / self.node["original_file_path"]).read_text("utf-8")
        return self.database.execute(
            "with kept as (select * from staging.stg_school__enrolment),"  # noqa: S608
            f" anew as ({read})"
            " select count(*) from ((table kept except all table anew)"
            " union all (table anew except all table kept)) as differing"
        ).fetchone()[0]


@pytest.fixture
def reading(database, dbt, manifest):
    database.execute("drop table if exists staging.stg_school__enrolment")
    database.execute("truncate raw_school.enrolment")
    return Reading(database, dbt, manifest)


def test_what_was_read_is_kept_and_is_as_if_read_anew(reading):
    places = set()
    for _ in range(5):
        reading.turn()
        reading.build()
        places.add(reading.file_nodes())
        assert reading.differing() == 0
    assert len(places) == 1


def test_all_is_read_again_by_other_rules(reading, database):
    reading.turn()
    reading.build()
    formats = database.execute(
        "select pg_get_functiondef('raw_school.date_formats'::regproc)"
    ).fetchone()[0]
    database.execute(formats.replace("YYYY-MM-DD", "YYYY-DD-MM"))
    reading.turn()
    reading.build()
    assert reading.differing() == 0
    database.execute(formats)
    assert reading.differing() > 0
    reading.build()
    assert reading.differing() == 0


def test_what_a_crash_emptied_is_read_again(reading, database):
    reading.turn()
    reading.build()
    database.execute("truncate staging.stg_school__enrolment")
    reading.build()
    assert reading.differing() == 0
