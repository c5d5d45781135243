"""How the models that decide who is who fare with the hard cases, kind by kind.

`load()` puts the cases where the records of all feeds come together, `resolve()` runs the models
that follow, `judge()` compares. From the command line it does all that in a database of its own:

    python -m tests.linkage.scorer [--floor] [--seed 1]

--floor writes what is found of each kind that must be linked to floor.csv, unless it is less.
--seed takes other people for the same cases, to see that no rule fits those of the tests alone.
"""

import argparse
import contextlib
import csv
import os
import tempfile
import uuid
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration import database as launcher
from orchestration import settings, transform
from orchestration.migrate import migrate
from tests.linkage.pack import Case, cases

AS_OF_DATE = "2026-01-31"
FLOOR = Path(__file__).with_name("floor.csv")
# where the cases enter: what comes before only reads feeds, what follows decides
ENTRANCE = ("+int_person__unioned", "+int_address__unioned", "staging.published")
DECISION = "+int_person__identified"
# a feed's values are read by these before they come together; see the staging models
READ_BY = {
    "given_name": "parse.name({})",
    "family_name": "parse.name({})",
    "middle_names": "parse.name({})",
    "preferred_name": "parse.name({})",
    "alias_family_name": "parse.name({})",
    "nhs_number": "parse.nhs_number({}, true)",
    "upn": "parse.upn({})",
    "telephone": "parse.telephone({})",
    "email": "parse.email({})",
    "postcode": "parse.postcode({})",
    "uprn": "parse.uprn({})",
}

# what int_address__unioned works out of what was put into it
NUMBERED = """
update intermediate.int_address__unioned as spell
set full_address = text.full_address,
    address_number = parse.address_number(text.full_address, spell.postcode, spell.uprn)
from (
    select
        address_spell_id,
        parse.full_address(
            address_line_1, address_line_2, address_line_3, address_line_4, address_line_5
        ) as full_address
    from intermediate.int_address__unioned
) as text
where text.address_spell_id = spell.address_spell_id
"""


@dataclass(frozen=True)
class Verdict:
    """What became of a pair: whether its records are one person, and what the models said of it."""

    case: Case
    pair: str
    expect: str
    is_merged: bool
    reason: str


def load(connection: psycopg.Connection, pack: list[Case]) -> None:
    """Put every case into the relations at the entrance. Raises RuntimeError if dbt fails."""
    _dbt("build", "--resource-type", "seed", "--select", *ENTRANCE, DECISION)
    _dbt("run", "--select", *ENTRANCE)
    people, spells = [], []
    for case in pack:
        for record in case.records:
            row = {"record_id": record.record_id, "delivery_id": 1, "row_number": len(people) + 1}
            people.append(row | record.values)
            feed = {key: record.values[key] for key in ("feed", "source_table")}
            for home in record.homes:
                spells.append(row | feed | home | {"address_spell_id": f"spell {len(spells)}"})
    _insert(connection, "int_person__unioned", people)
    _insert(connection, "int_address__unioned", spells)
    connection.execute(NUMBERED)


def resolve() -> None:
    """Run the models that decide. Raises RuntimeError if dbt fails."""
    _dbt("run", "--select", DECISION, "--exclude", *ENTRANCE)


def judge(connection: psycopg.Connection, pack: list[Case]) -> list[Verdict]:
    """What became of each pair, in the order of the cases."""
    person = dict(
        connection.execute("select record_id, person_id from intermediate.int_person__identified")
    )
    said = {
        frozenset((one, other)): f"{decision}: {reason}"
        for one, other, decision, reason in connection.execute(
            "select one.record_id, other.record_id, decision, reason"
            " from intermediate.int_person__linked as linked"
            " inner join intermediate.int_person__identified as one using (record_number)"
            " inner join intermediate.int_person__identified as other"
            " on linked.other_record_number = other.record_number"
        )
    }
    verdicts = []
    for case in pack:
        for one, other, expect in case.pairs:
            is_merged = person[one.record_id] == person[other.record_id]
            reason = said.get(frozenset((one.record_id, other.record_id)), "not compared")
            if is_merged and not reason.startswith("confirmed"):
                reason += ", joined through another record"
            pair = f"{one.name} + {other.name}"
            verdicts.append(Verdict(case, pair, expect, is_merged, reason))
    return verdicts


def mixed_cases(connection: psycopg.Connection, pack: list[Case]) -> list[set]:
    """Persons made of records of several cases: they would show that the cases touch."""
    case_of = {record.record_id: (c.kind, c.variant) for c in pack for record in c.records}
    held = defaultdict(set)
    for record_id, person_id in connection.execute(
        "select record_id, person_id from intermediate.int_person__identified"
    ):
        held[person_id].add(case_of[record_id])
    return [found for found in held.values() if len(found) > 1]


def share(verdicts: list[Verdict], expect: str, gate: str | None = None) -> tuple[int, int]:
    """Of the pairs of one expectation, how many are merged and how many there are."""
    wanted = [v for v in verdicts if v.expect == expect and gate in (None, v.case.gate)]
    return sum(v.is_merged for v in wanted), len(wanted)


def found_by_kind(verdicts: list[Verdict]) -> dict[str, tuple[int, int]]:
    """Of the kinds that hold pairs that must be linked: how many are found, of how many."""
    kinds = {v.case.kind: [] for v in verdicts if v.expect == "link"}
    for verdict in verdicts:
        if verdict.expect == "link":
            kinds[verdict.case.kind].append(verdict.is_merged)
    return {kind: (sum(merged), len(merged)) for kind, merged in kinds.items()}


def floor() -> dict[str, tuple[int, int]]:
    """The least that must be found of each kind, as last measured and committed."""
    with FLOOR.open(encoding="utf-8") as file:
        return {row["kind"]: (int(row["found"]), int(row["pairs"])) for row in csv.DictReader(file)}


def write_floor(verdicts: list[Verdict], measured_on: str) -> None:
    """Commit to what is found now. Raises ValueError when it is less than before."""
    before = floor() if FLOOR.exists() else {}
    now = found_by_kind(verdicts)
    fallen = [kind for kind, (found, _) in now.items() if found < before.get(kind, (0, 0))[0]]
    if fallen:
        raise ValueError(f"The floor is never lowered: {fallen}")
    with FLOOR.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("kind", "pairs", "found", "measured_on"))
        rows.writerows((kind, pairs, found, measured_on) for kind, (found, pairs) in now.items())


def report(verdicts: list[Verdict]) -> str:
    """The shares in total, by gate and by kind, with what the models said."""
    lines = []
    for expect, said in (("no", "merged"), ("review", "linked unseen"), ("link", "found")):
        merged, count = share(verdicts, expect)
        lines.append(f"{expect:7} {said:14} {merged:4} of {count:4}  {merged / count:6.1%}")
    for gate in sorted({v.case.gate for v in verdicts if v.case.gate}):
        lines.append("{:22} {:4} of {:4}".format(f"no: {gate}", *share(verdicts, "no", gate)))
    kinds = defaultdict(list)
    for verdict in verdicts:
        kinds[verdict.case.theme, verdict.case.kind, verdict.expect].append(verdict)
    for (theme, kind, expect), group in kinds.items():
        reasons = defaultdict(int)
        for verdict in group:
            reasons[verdict.reason] += 1
        said = "; ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        merged = sum(v.is_merged for v in group)
        mark = "!" if merged and expect != "link" else " "
        lines.append(f"{mark} {theme}: {kind:58} {expect:6} {merged:2} of {len(group):2}  {said}")
    return "\n".join(lines)


def _insert(connection, table, rows) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    values = [
        sql.SQL(READ_BY.get(column, "{}")).format(sql.Placeholder(column)) for column in columns
    ]
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier("intermediate", table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(values),
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, [dict.fromkeys(columns) | row for row in rows])


def _dbt(*words) -> None:
    result = transform.dbt(*words, as_of_date=AS_OF_DATE)
    if not result.success:
        failed = [r.node.name for r in result.result or () if r.status not in ("success", "pass")]
        raise RuntimeError(f"dbt {words[0]} fails: {failed or result.exception}")


def main() -> None:
    """Score the pack in a database made for it, and print the report."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--floor", action="store_true")
    options.add_argument("--seed", type=int, default=0)
    chosen = options.parse_args()
    with scratch_database() as connection:
        pack = cases(chosen.seed)
        load(connection, pack)
        resolve()
        verdicts = judge(connection, pack)
    print(report(verdicts))
    if chosen.floor and chosen.seed == 0:
        write_floor(verdicts, f"{settings.today()}")


@contextlib.contextmanager
def scratch_database():
    """A migrated database that is gone afterwards, and so is the server if none was given."""
    name = f"hard_cases_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory(prefix="hard-cases-") as folder:
        os.environ["FAMILY_CONTEXT_VAR"], os.environ["PGDATABASE"] = folder, name
        launcher.ensure_running(fsync="off", full_page_writes="off", synchronous_commit="off")
        try:
            migrate()
            with psycopg.connect("", autocommit=True) as connection:
                yield connection
        finally:
            with psycopg.connect("dbname=postgres", autocommit=True) as connection:
                drop = sql.SQL("drop database if exists {} with (force)")
                connection.execute(drop.format(sql.Identifier(name)))
            if launcher.is_embedded():
                launcher.stop()


if __name__ == "__main__":
    main()
