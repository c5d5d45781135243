"""Nights of a small council: records come, go and are put right, and people decide.

What the models keep from night to night must be what they make when they begin anew: the same
pairs, clusters and identifiers. From the command line, a month of it:

    python -m tests.benchmarks.nights [--nights 30] [--seed 1]

The records are those of the hard cases, mixed so that they touch each other.
"""

import argparse
import datetime as dt
from random import Random

from orchestration import transform
from tests.linkage import scorer
from tests.linkage.pack import cases

FIRST_DAY = dt.date.fromisoformat(scorer.AS_OF_DATE)
PROFILES = (
    *("int_person__standardised", "int_person__located", "int_person__accompanied"),
    *("int_person__listed", "int_person__housed", "int_person__crowded"),
    *("int_person__comparable", "int_person__mistakable", "int_person__contradicted"),
    *("int_person__counted", "int_person__profiled"),
)
ADDRESSES = (
    *("int_address__written", "int_address__read", "int_address__found"),
    *("int_address__hidden", "int_address__standardised"),
)
LINKS = (
    *("int_person__keyed", "int_person__renewed", "int_person__blocked", "int_person__paired"),
    "int_person__scored",
)
PERSONS = (
    *("int_match_rule__hashed", "int_person__held", "int_person__unsettled"),
    "int_person__touched",
    *("int_person__connected", "int_person__vetoed", "int_person__contested"),
    *("int_person__linked", "int_person__clustered", "int_person__doubted"),
    "int_person__settled",
    *("int_person__identified", "int_person__retired"),
    *("int_person__unsearched", "int_person__matchable"),
)
RECORDS = (
    *("stg_published__person_source_record", "stg_published__person_redirect"),
    *("stg_published__person_record_history", "stg_resolution__compared_record"),
    "stg_resolution__settled_record",
    *("stg_stewardship__link_override", "int_link_override__judged"),
    *ADDRESSES,
    *PROFILES,
)
MARTS = ("person_source_record", "person_redirect")
KEPT = (
    *(f"intermediate.{model}" for model in (*ADDRESSES, *PROFILES)),
    "intermediate.int_person__scored",
    "resolution.compared_record",
    "intermediate.int_person__vetoed",
    "intermediate.int_person__linked",
    "intermediate.int_person__clustered",
    "intermediate.int_person__doubted",
    "resolution.settled_record",
    "intermediate.int_person__identified",
    "intermediate.int_person__unsearched",
    "intermediate.int_person__matchable",
)
# of each, at most so many a night
CHANGES = (
    # gone
    "with gone as (delete from intermediate.int_person__unioned where record_id in"
    " (select record_id from drawn where change = 1) returning *)"
    " insert into away select * from gone",
    # back again
    "with back as (delete from away where record_id in (select record_id from away order by"
    " hashtextextended(record_id, %(night)s) limit 4) returning *)"
    " insert into intermediate.int_person__unioned select * from back"
    " where record_id not in (select record_id from drawn where change = 1)",
    # somebody else's name, birth date, number, telephone
    *(
        f"update intermediate.int_person__unioned as record set {column} = other.{column},"
        " delivery_id = 1 + %(night)s"
        " from drawn inner join intermediate.int_person__unioned as other"
        " on drawn.other_record_id = other.record_id"
        f" where drawn.change = {change} and record.record_id = drawn.record_id"
        for change, column in enumerate(
            ("family_name", "given_name", "date_of_birth", "nhs_number", "telephone"), start=2
        )
    ),
    # somebody else's home
    "update intermediate.int_address__unioned as spell set address_line_1 = other.address_line_1,"
    " full_address = other.full_address, address_number = other.address_number,"
    " postcode = other.postcode, uprn = other.uprn"
    " from drawn inner join intermediate.int_address__unioned as other"
    " on drawn.other_record_id = other.record_id"
    " where drawn.change = 7 and spell.record_id = drawn.record_id",
    "update intermediate.int_person__unioned as record set delivery_id = 1 + %(night)s"
    " from drawn where drawn.change = 7 and record.record_id = drawn.record_id",
    # a parent or child of somebody, one account of all who live together, and both again gone
    "insert into intermediate.int_relationship__unioned"
    " (record_id, related_record_id, basis, relationship_code, relationship_group)"
    " select record_id, other_record_id, 'stated', (array['MTH', 'CHILD'])[1 + place %% 2],"
    " (array['parent', 'child'])[1 + place %% 2] from drawn where change = 9",
    "delete from intermediate.int_relationship__unioned"
    " where hashtext(record_id) %% 7 = %(night)s %% 7",
    "insert into staging.stg_council_tax_liability__liability (source_account_id, record_id,"
    " source_person_id, delivery_id, row_number) select concat_ws('/', %(night)s, drawn.place),"
    " other.record_id, other.record_id, 1, 1 from drawn"
    " inner join intermediate.int_person__located as one on drawn.record_id = one.record_id"
    " inner join intermediate.int_person__located as other on one.home_key = other.home_key"
    " where drawn.change = 10",
    "delete from staging.stg_council_tax_liability__liability"
    " where hashtext(record_id) %% 7 = %(night)s %% 7",
    # a word of a steward, and one withdrawn
    "insert into stewardship.link_override (instruction, ground, feed, source_person_id,"
    " other_feed, other_source_person_id, reason, evidence, decided_by, decider_role)"
    " select (array['link', 'part'])[1 + drawn.place %% 2], 'evidence', record.feed,"
    " record.source_person_id, other.feed, other.source_person_id,"
    " 'a long and good reason for it', 'seen', 'J Doe', 'steward' from drawn"
    " inner join intermediate.int_person__unioned as record on drawn.record_id = record.record_id"
    " inner join intermediate.int_person__unioned as other"
    " on drawn.other_record_id = other.record_id"
    " where drawn.change = 8 and drawn.place <= 2 and drawn.record_id <> drawn.other_record_id",
    "update stewardship.link_override set withdrawn_at = now(), withdrawn_by = 'J Doe',"
    " withdrawn_because = 'it was a cousin of that name' where withdrawn_at is null"
    " and link_override_id %% 7 = %(night)s %% 7",
)


class World:
    """A small council in the current database, and the generation its people saw last."""

    def __init__(self, connection, seed: int = 1, pack=None):
        """Build the first night: the hard cases, blocks of more than three skipped; no home holds
        three names."""
        self.connection, self.random = connection, Random(seed)
        self.night, self.touched = 0, set()
        scorer.load(connection, pack or cases())
        run = connection.execute
        run("update reference.matching_parameter set value = 3 where parameter = 'largest_block'")
        run("update reference.matching_parameter set value = 2 where parameter = 'largest_home'")
        run("create temp table away as table intermediate.int_person__unioned with no data")
        run("create temp table drawn (record_id text, other_record_id text, change int, place int)")
        scorer.resolve()
        self.build(*PERSONS, *MARTS)
        self.publish()

    def build(self, *models: str) -> None:
        """Run models for this night's day. Raises RuntimeError if dbt fails."""
        day = FIRST_DAY + dt.timedelta(days=40 * self.night)
        # else a week would make all anew, and nothing were tried
        self.connection.execute("update resolution.kept_model set made_on = %s", [day])
        if not transform.dbt("run", "--select", *models, as_of_date=day).success:
            raise RuntimeError("dbt run fails")

    def turn(self, each: int = 4) -> None:
        """The next night: `each` records change in each of several ways."""
        self.night += 1
        run = self.connection.execute
        records = [
            record
            for (record,) in run(
                "select record_id from intermediate.int_person__unioned order by record_id"
            )
        ]
        run("truncate drawn")
        for change in range(1, 11):
            for place, record in enumerate(self.random.sample(records, each)):
                other = self.random.choice(records)
                run("insert into drawn values (%s, %s, %s, %s)", [record, other, change, place])
                self.touched |= {record, other} if change == 8 else {record}
        for statement in CHANGES:
            run(statement, {"night": self.night})
        self.build(*RECORDS, *LINKS, *PERSONS, *MARTS)

    def anew(self) -> dict[str, int]:
        """How many rows of each table differ when it is all made anew; what was kept stays."""
        keep(self.connection)
        forget(self.connection)
        self.build(*ADDRESSES, *PROFILES, *LINKS, *PERSONS)
        return differences(self.connection)

    def renewed(self) -> int:
        """How many records were compared anew in the last build."""
        return self.connection.execute(
            "select count(*) from intermediate.int_person__renewed"
        ).fetchone()[0]

    def publish(self) -> None:
        """What was built becomes a generation, as far as identities go."""
        publish(self.connection, self.night + 1)

    def persons(self) -> dict[str, int]:
        """Who each record is."""
        return dict(
            self.connection.execute(
                "select record_id, person_id from intermediate.int_person__identified"
            ).fetchall()
        )

    def lost(self, ever: set[int]) -> int:
        """Of all identifiers ever given, how many are neither in use nor lead anywhere, or both."""
        used = set(self.persons().values())
        led = {
            person
            for (person,) in self.connection.execute(
                "select retired_person_id from marts.person_redirect"
            )
        }
        return len(ever - used - led) + len(used & led)


def keep(connection) -> None:
    """Copy what is kept from night to night, to compare with."""
    for table in KEPT:
        copy = f"kept_{table.split('.')[1]}"
        connection.execute(f"drop table if exists {copy}")
        connection.execute(f"create temp table {copy} as table {table}")


def forget(connection) -> None:
    """Drop what is kept, so that the next build makes it anew."""
    for table in KEPT:
        what = "truncate" if table.startswith("resolution.") else "drop table if exists"
        connection.execute(f"{what} {table}")


def differences(connection) -> dict[str, int]:
    """How many rows of each table differ from the copy."""
    return {
        table: connection.execute(
            "select count(*) from (({0} except all {1}) union all ({1} except all {0})) as x"
            .format(rows(f"kept_{table.split('.')[1]}"), rows(table))
        ).fetchone()[0]
        for table in KEPT
    }  # fmt: skip


def publish(connection, generation: int) -> None:
    """What was built becomes a generation, as far as identities go."""
    run = connection.execute
    with connection.transaction():
        (columns,) = run(
            "select array_to_string(mart_columns, ', ') from published.mart where mart = 'person'"
        ).fetchone()
        run("drop table if exists marts.person")
        run(f"create table marts.person as select {columns} from published.person limit 0")
        run(
            "insert into marts.person (person_id)"
            " select distinct person_id from intermediate.int_person__identified"
        )
        run(
            "insert into published.generation (generation, as_of_date, run_id, published_at)"
            " values (%s, '2026-01-31', 1, now())",
            [generation],
        )
        for mart in ("person", *MARTS):
            run("select published.find_differences(%s)", [mart])
            run("select published.write_differences(%s, %s)", [mart, generation])
        run("update published.pointer set generation = %s", [generation])


def rows(table: str) -> str:
    """A query for a table's rows; keys stand in no order."""
    if "compared_record" in table:
        sort = "array(select unnest({0}) order by 1)"
        return (
            f"(select record_id, match_hash, {sort.format('blocking_keys')},"
            f" {sort.format('skipped_keys')} from {table})"
        )
    return f"(select * from {table})"


def main() -> None:
    """Play the nights, and say what was kept."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with scorer.scratch_database() as connection:
        world = World(connection, asked.seed)
        before = world.persons()
        ever, differing = set(before.values()), 0
        for _ in range(asked.nights):
            world.turn()
            renewed, counts = world.renewed(), world.anew()
            differing += sum(counts.values())
            world.publish()
            ever |= set(world.persons().values())
            print(
                f"night {world.night}: {sum(counts.values())} rows differ; {renewed} compared anew",
                flush=True,
            )
        after = world.persons()
        stayed = [record for record in before if record in after and record not in world.touched]
        kept = sum(before[record] == after[record] for record in stayed)
        print(f"{asked.nights} nights: {differing} rows differ from those made anew")
        print(f"{len(stayed)} records that did not change: {kept / len(stayed):.2%} keep their id;"
              f" {world.lost(ever)} of {len(ever)} ids lost or used twice")  # fmt: skip


if __name__ == "__main__":
    main()
