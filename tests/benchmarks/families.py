"""Nights of the families of a small council: what is kept from night to night is what is right.

Ties come, go, end and are turned; people move, are put together and taken apart, come of age and
die; courts restrict, workers say who is family and think better of it, a rule changes, and weeks go
by. What homes, ties and families keep of whom nothing touched must be what they are when all is
made anew. From the command line, a score of nights of size S:

    python -m tests.benchmarks.families [--nights 20] [--seed 1]
"""

import argparse
import csv
import datetime as dt
import tempfile
from pathlib import Path
from random import Random

from psycopg import sql

from expectations import contract
from orchestration import transform
from seeds.synthetic import generate
from tests.linkage import scorer

FIRST_DAY = dt.date.fromisoformat(scorer.AS_OF_DATE)
# what follows from what the nights change, and is kept from one to the next
HOMES = (
    *("int_address__attributed", "int_address__observed", "int_household__stayed"),
    *("int_household__typed", "int_person_address__gathered", "int_person_address__summarised"),
    *("household", "household_member", "person_address"),
)
TIES = (
    *("int_relationship__judged", "int_relationship__recognised", "int_relationship__restricted"),
    *("int_relationship__mirrored", "int_family_override__mirrored", "person_relationship"),
)
FAMILIES = (
    *("int_person__noticed", "int_person__likened", "int_family__centred", "int_family__housed"),
    *("int_family__evidenced", "int_family__judged", "int_family__gathered"),
    *("family_member", "family_explanation"),
)
KEPT = (*HOMES, *TIES, *FAMILIES)
# and what is made whole
WHOLE = (
    *("int_family_basis__dated", "stg_stewardship__family_override"),
    *("int_family_override__judged", "int_person__kept_away", "int_evidence__ascribed"),
    *("int_person__protected", "int_person__outlying"),
)
TIE, PERSON = "intermediate.int_relationship__unioned", "intermediate.int_person__described"
RECORD, HOME = "intermediate.int_person__identified", "intermediate.int_household__resolved"
# ties and records are drawn anew each night, in places from 0; each change takes some of the places
DRAWN = 76
STATED = f"select record_id, related_record_id as other from {TIE}"
RECORDS = f"select record_id, null as other from {RECORD}"
CHANGES = (
    # a tie is gone, and one that was is back
    f"with gone as (delete from {TIE} as tie using drawn where drawn.kind = 'tie'"
    " and drawn.place < 6 and tie.record_id = drawn.one and tie.related_record_id = drawn.other"
    " returning tie.*) insert into away select * from gone",
    "with back as (delete from away where row_number in"
    " (select row_number from away order by hashint8extended(row_number, %(night)s) limit 3)"
    f" returning *) insert into {TIE} select * from back",
    # it is of somebody else, of another kind, over or open, about to end, with responsibility
    f"update {TIE} as tie set related_record_id = record.one from drawn inner join drawn as record"
    " on drawn.place = record.place where drawn.kind = 'tie' and drawn.place between 6 and 9"
    " and record.kind = 'record' and tie.record_id = drawn.one"
    " and tie.related_record_id = drawn.other",
    f"update {TIE} as tie set relationship_code = other.relationship_code,"
    f" relationship_group = other.relationship_group from drawn inner join {TIE} as other"
    " on drawn.next = other.record_id where drawn.kind = 'tie' and drawn.place between 10 and 13"
    " and tie.record_id = drawn.one and tie.related_record_id = drawn.other",
    f"update {TIE} as tie set ended_on = case when ended_on is null then"
    " %(day)s::date + (drawn.place - 18) * 15 end from drawn where drawn.kind = 'tie'"
    " and drawn.place between 14 and 22"
    " and drawn.one in (tie.record_id, tie.related_record_id)",
    f"update {TIE} as tie set has_parental_responsibility ="
    " coalesce(has_parental_responsibility, false) is false, is_carer = drawn.place = 24"
    " from drawn where drawn.kind = 'tie' and drawn.place between 23 and 25"
    " and tie.record_id = drawn.one and tie.related_record_id = drawn.other",
    "update staging.stg_childrens_social_care__relationship as tie set is_contact_restricted ="
    " coalesce(is_contact_restricted, false) is false from drawn where drawn.kind = 'tie'"
    " and drawn.place between 26 and 40 and tie.record_id = drawn.one",
    # somebody moves to somebody else, or will have left; a feed hears no more of them
    f"update {HOME} as spell set household_id = other.household_id from drawn"
    f" inner join {HOME} as other on drawn.next = other.record_id where drawn.kind = 'record'"
    " and drawn.place < 7 and spell.record_id = drawn.one",
    f"update {HOME} as spell set ended_on = %(day)s::date + (drawn.place - 9) * 20 from drawn"
    " where drawn.kind = 'record' and drawn.place between 7 and 12"
    " and spell.record_id = drawn.one",
    "update intermediate.int_service_involvement__unioned as spell set is_ended = not is_ended"
    " from drawn where drawn.kind = 'record' and drawn.place between 13 and 30"
    " and spell.record_id = drawn.one",
    # a record turns out to be somebody else's, or nobody's that was known
    f"update {RECORD} as record set person_id = other.person_id from drawn"
    f" inner join {RECORD} as other on drawn.next = other.record_id where drawn.kind = 'record'"
    " and drawn.place between 31 and 34 and record.record_id = drawn.one",
    f"update {RECORD} as record set person_id = 1000000 + %(night)s from drawn"
    " where drawn.kind = 'record' and drawn.place = 35 and record.record_id = drawn.one",
    f"delete from {PERSON} as person where not exists"
    f" (select from {RECORD} as record where record.person_id = person.person_id)",
    f"insert into {PERSON} (person_id, sex, date_of_birth, record_count)"
    f" select distinct person_id, 'female', '2015-05-05'::date, 1 from {RECORD} as record where not"
    f" exists (select from {PERSON} as person where person.person_id = record.person_id)",
    # sexes and birth dates are put right; some die
    f"update {PERSON} as person set sex = case sex when 'male' then 'female' else 'male' end"
    f" from drawn inner join {RECORD} as record on drawn.one = record.record_id"
    " where drawn.kind = 'record' and drawn.place between 46 and 60"
    " and person.person_id = record.person_id",
    f"update {PERSON} as person set date_of_birth = other.date_of_birth from drawn"
    f" inner join {RECORD} as record on drawn.one = record.record_id"
    f" inner join {RECORD} as other_record on drawn.next = other_record.record_id"
    f" inner join {PERSON} as other on other_record.person_id = other.person_id"
    " where drawn.kind = 'record' and drawn.place between 61 and 75"
    " and person.person_id = record.person_id",
    f"update {PERSON} as person set date_of_death = %(day)s::date + 25 from drawn"
    f" inner join {RECORD} as record on drawn.one = record.record_id"
    " where drawn.kind = 'record' and drawn.place = 42 and person.person_id = record.person_id",
    # workers speak, of people who are tied and of others, and think better of it
    "insert into stewardship.family_override (instruction, relationship_code, feed,"
    " source_person_id, other_feed, other_source_person_id, reason, evidence, decided_by,"
    " decider_role, until_on) select"
    " (array['not_family', 'also_family', 'relationship'])[1 + drawn.place %% 3],"
    " case when drawn.place %% 3 > 0 then 'MTH' end, one.feed,"
    " coalesce(one.source_person_id, one.record_id), other.feed,"
    " coalesce(other.source_person_id, other.record_id), 'a long and good reason for it', 'seen',"
    " 'J Doe', 'social worker', case when drawn.place %% 2 = 0 then %(day)s::date + 60 end"
    " from drawn inner join intermediate.int_person__unioned as one on drawn.one = one.record_id"
    " inner join intermediate.int_person__unioned as other on other.record_id ="
    " case when drawn.kind = 'tie' then drawn.other else drawn.next end"
    " where drawn.place between 43 and 45 and one.record_id <> other.record_id",
    "update stewardship.family_override set withdrawn_at = now(), withdrawn_by = 'J Doe',"
    " withdrawn_because = 'it was a cousin of that name' where withdrawn_at is null"
    " and family_override_id %% 5 = %(night)s %% 5",
    # an address or a service is older than was known, an address is over, a home turns out a hostel
    "update intermediate.int_address__standardised as address set"
    " started_on = address.started_on - 400 from drawn where drawn.kind = 'record'"
    " and drawn.place between 13 and 30 and address.record_id = drawn.one",
    "update intermediate.int_address__standardised as address set ended_on = %(day)s::date - 3"
    " from drawn where drawn.kind = 'record' and drawn.place between 61 and 66"
    " and address.record_id = drawn.one and address.ended_on is null",
    "update intermediate.int_service_involvement__unioned as spell set"
    " started_on = spell.started_on - 400 from drawn where drawn.kind = 'record'"
    " and drawn.place between 46 and 60 and spell.record_id = drawn.one",
    "update intermediate.int_property__classified as property set property_kind ="
    " case property.property_kind when 'hostel' then null else 'hostel' end from drawn"
    " inner join intermediate.int_address__standardised as address"
    " on drawn.one = address.record_id where drawn.kind = 'record'"
    " and drawn.place between 36 and 41 and property.uprn = address.uprn",
    # a contact, or a relative, is of another child; two who may be one may be so no longer
    "update staging.stg_school__contact as contact set pupil_record_id = drawn.next from drawn"
    " where drawn.kind = 'tie' and drawn.place between 46 and 60"
    " and contact.record_id in (drawn.one, drawn.other)",
    "update staging.stg_childrens_social_care__relationship as tie set"
    " related_record_id = drawn.next from drawn where drawn.kind = 'tie'"
    " and drawn.place between 61 and 70 and tie.record_id = drawn.one",
    "update intermediate.int_person__linked set decision ="
    " case decision when 'probable' then 'refused' else 'probable' end"
    " where decision in ('probable', 'refused') and record_number %% 40 = %(night)s %% 40",
    # an account is closed, or was not; an address must not be told, or may be
    "update staging.stg_council_tax_liability__liability as liability set ended_on ="
    " case when ended_on is null then %(day)s::date - 5 end from drawn where drawn.kind = 'record'"
    " and drawn.place between 13 and 60 and liability.record_id = drawn.one",
    "update intermediate.int_address__standardised as address set is_protected_address ="
    " not is_protected_address from drawn where drawn.kind = 'record'"
    " and drawn.place between 43 and 45 and address.record_id = drawn.one",
    # people of one home turn out to bear several names, and a relative to come for a service
    f"update {PERSON} set comparable_family_name = 'X' || person_id"
    " where person_id %% 12 = %(night)s %% 12",
    f"update {TIE} as tie set service_role = case when service_role is null then 'worker' end"
    " from drawn where drawn.kind = 'tie' and drawn.place between 46 and 52"
    " and tie.related_record_id = drawn.other",
    # who was known for long was not, or is a baby
    "update intermediate.int_address__standardised as address set started_on = null from drawn"
    " where drawn.kind = 'record' and drawn.place between 1 and 12"
    " and address.record_id = drawn.one",
    "update intermediate.int_service_involvement__unioned as spell set"
    " started_on = %(day)s::date - 20 from drawn where drawn.kind = 'record'"
    " and drawn.place between 1 and 12 and spell.record_id = drawn.one",
    f"update {PERSON} as person set date_of_birth = %(day)s::date - 60 from drawn"
    f" inner join {RECORD} as record on drawn.one = record.record_id"
    " where drawn.kind = 'record' and drawn.place between 1 and 3"
    " and person.person_id = record.person_id",
    # a street is another council's, and so is somebody whom only neighbours know
    "update intermediate.int_property__classified as property set gss_code ="
    " case when gss_code is distinct from 'E99000009' then 'E99000009' end from drawn"
    " inner join intermediate.int_address__standardised as address"
    " on drawn.one = address.record_id where drawn.kind = 'record'"
    " and drawn.place between 13 and 35 and property.postcode = address.postcode",
    "update staging.stg_neighbouring_council__person set gss_code = 'E9900001' || %(night)s %% 10"
    " where abs(hashtext(record_id)) %% 4 = %(night)s %% 4",
    # one night the council thinks otherwise of what a landlord says
    "update reference.family_basis set confidence = confidence - 1"
    " where basis = 'tenancy' and %(night)s = 2",
)  # fmt: skip


def fill(connection, landing: Path) -> None:
    """Read one night's files of every feed straight into the raw tables."""
    for feed in contract.feeds():
        (night,) = (landing / feed).iterdir()
        for table in contract.load(feed).tables:
            with (night / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                columns = [table.column_for(header).name for header in next(rows)]
                names = ["_row_hash", "_delivery_id", "_row_number", *columns]
                statement = sql.SQL("copy {} ({}) from stdin").format(
                    sql.Identifier(f"raw_{feed}", table.name),
                    sql.SQL(", ").join(map(sql.Identifier, names)),
                )
                seen = set()
                with connection.cursor().copy(statement) as copy:
                    for number, row in enumerate(rows, start=1):
                        if tuple(row) not in seen:
                            seen.add(tuple(row))
                            values = [value or None for value in row]
                            copy.write_row([f"{number}", 1, number, *values])


class World:
    """The families of the current database, which were built once, from night to night."""

    def __init__(self, connection, seed: int = 1):
        """Nothing has happened yet."""
        self.connection, self.random, self.night, self.day = connection, Random(seed), 0, FIRST_DAY
        run = connection.execute
        run(f"create temp table away as table {TIE} with no data")
        run("create temp table drawn (kind text, place integer, one text, other text, next text)")

    def build(self, *models: str) -> None:
        """Run models for the day. RuntimeError if dbt fails."""
        if not transform.dbt("run", "--select", *models, as_of_date=self.day).success:
            raise RuntimeError("dbt run fails")

    def happen(self) -> None:
        """What a night brings, and some days."""
        self.night += 1
        self.day += dt.timedelta(days=self.random.choice([1, 7, 40, 200]))
        # else a week would make all anew, and nothing were tried
        self.connection.execute("update resolution.kept_model set made_on = %s", [self.day])
        self.connection.execute("truncate drawn")
        for kind, query in (("tie", STATED), ("record", RECORDS)):
            rows = self.connection.execute(f"{query} order by 1, 2").fetchall()
            for place in range(DRAWN):
                (one, other, *_), (following, *_) = self.random.sample(rows, 2)
                self.connection.execute(
                    "insert into drawn values (%s, %s, %s, %s, %s)",
                    [kind, place, one, other, following],
                )
        for statement in CHANGES:
            self.connection.execute(statement, {"night": self.night, "day": self.day})

    def turn(self) -> None:
        """The next night."""
        self.happen()
        self.build(*WHOLE, *KEPT)

    def touched(self) -> tuple[int, int]:
        """How many families came out otherwise in the last build, or all; how many there are."""
        return self.connection.execute(
            "select coalesce(touched, children.number), children.number from resolution.kept_model"
            " cross join (select count(*) as number from intermediate.int_family__centred)"
            " as children where model = 'int_family__judged'"
        ).fetchone()

    def anew(self) -> dict[str, int]:
        """How many rows of each table differ when all of it is made anew."""
        run = self.connection.execute
        # what is published has the names of the marts
        schema = dict(run(
            "select tablename, schemaname from pg_tables"
            " where schemaname in ('intermediate', 'marts')"
        ).fetchall())  # fmt: skip
        for table in KEPT:
            run(f"drop table if exists kept_{table}")
            run(f"create temp table kept_{table} as table {schema[table]}.{table}")
        run("delete from resolution.kept_model where model = any(%s)", [list(KEPT)])
        self.build(*KEPT)
        return {
            table: run(
                f"select count(*) from ((table kept_{table} except all table {name})"
                f" union all (table {name} except all table kept_{table})) as differing"
            ).fetchone()[0]
            for table in KEPT
            for name in [f"{schema[table]}.{table}"]
        }


def main() -> None:
    """Play the nights, and say what was kept."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nights", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scorer.scratch_database() as connection:
        generate(Path(folder), as_of=FIRST_DAY, seed=asked.seed)
        fill(connection, Path(folder))
        for words in (["seed"], ["run", "--select", *(f"+{mart}" for mart in KEPT)]):
            if not transform.dbt(*words, as_of_date=FIRST_DAY).success:
                raise RuntimeError("dbt fails")
        world, differing = World(connection, asked.seed), 0
        for _ in range(asked.nights):
            world.turn()
            touched, families = world.touched()
            rows = sum(world.anew().values())
            differing += rows
            print(
                f"night {world.night}, {world.day}: {rows} rows differ;"
                f" {touched} of {families} families came out otherwise",
                flush=True,
            )
        print(f"{asked.nights} nights: {differing} rows differ from those made anew")


if __name__ == "__main__":
    main()
