"""Nights of publications: what readers see is what the marts hold, whatever happened to them.

Rows of marts are written, moved, deleted and written again, by transactions that end, die or
outlast a publication; marts are emptied and made anew; publications are refused, fail halfway and
are taken back; the server crashes. Each publication compares of most marts only what they told of,
and must leave no row that differs. From the command line:

    python -m tests.benchmarks.publications [--steps 2000] [--seed 1]
"""

import argparse
from contextlib import suppress
from random import Random

import psycopg
import yaml

from orchestration import publishing, settings
from tests import invented_marts
from tests.linkage import scorer

# of the marts that tell: by what, the key and a column that is free
TELLING = {
    "person": ("person_id", "person_id", "given_name"),
    "person_source_record": ("record_id", "record_id", "match_rule"),
    "household": ("household_id", "household_id", "address_text"),
    "household_member": ("person_id", "household_member_id", "sources"),
    "family_context": ("child_id", "service", "bases"),
    "service_involvement": ("person_id", "spell_id", "provider_name"),
}
SILENT = {
    "person_address": ("person_id", "person_address_id", "address_text"),
    "police_detail": ("person_id", "person_id", "force"),
}


def tell(connection, mart: str) -> None:
    """Have a mart tell of its changes, as dbt does when it has made it anew."""
    column = TELLING[mart][0]
    connection.execute(f"alter table marts.{mart} alter {column} set not null")
    connection.execute(f"select resolution.tell_changes('marts.{mart}', '{{{column}}}')")


def make_anew(connection, mart: str) -> None:
    """The same rows in another table."""
    with connection.transaction():
        connection.execute(f"create temp table copy as table marts.{mart}")
        connection.execute(f"drop table marts.{mart}")
        connection.execute(f"create table marts.{mart} as table copy; drop table copy")


def prune(connection) -> None:
    """What dbt does at the end of a build after which all models are up to date."""
    project = yaml.safe_load((settings.DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    connection.execute("delete from resolution.kept_model")
    connection.execute(
        "insert into resolution.kept_model (model, rules, last_change_id)"
        " select 'a_model', '', max(change_id) from resolution.change"
    )
    connection.execute(project["on-run-end"][-1])


def differing(connection) -> dict[str, int]:
    """How many rows are in a mart or in the newest generation, and not in both; by mart."""
    counts = {}
    for schema, mart, columns in connection.execute(
        "select built_in, mart, array_to_string(mart_columns, ', ') from published.mart"
    ).fetchall():
        built = f"select {columns} from {schema}.{mart}"
        shown = f"select {columns} from published.{mart} where valid_to_generation = 2147483647"
        (counts[mart],) = connection.execute(
            f"select count(*) from (({shown} except all {built})"
            f" union all ({built} except all {shown})) as differing"
        ).fetchone()
    return {mart: count for mart, count in counts.items() if count}


class World:
    """Invented marts, published once, most of which tell of their changes."""

    def __init__(self, connection, seed: int):
        """Build the first night, and publish it."""
        self.connection, self.random, self.number, self.writer = (
            connection,
            Random(seed),
            1000,
            None,
        )
        invented_marts.build(connection)
        for mart in TELLING:
            tell(connection, mart)
        self.run = invented_marts.start_run(connection)
        self.publish()

    def happen(self, steps: int) -> None:
        """So many things, one after another, and a last publication."""
        seldom = (
            *(self.build_in_vain, self.make_anew, self.empty_and_fill, self.begin, self.begin),
            *(self.end, self.end, self.refuse, self.fail_halfway, self.go_back, self.prune),
            *(self.prune, self.turn, self.crash),
        )
        for _ in range(steps):
            self.number += 1
            self.random.choice([*[self.build] * 12, *[self.publish] * 8, *seldom])()
        self.end()
        self.publish()

    def publish(self) -> None:
        """Publish, and find that nothing differs. The gate has tests of its own."""
        self.publish_unasked([])
        if found := differing(self.connection):
            raise AssertionError(f"differ after step {self.number}: {found}")

    def publish_unasked(self, breaches: list) -> None:
        asking, publishing._breaches = publishing._breaches, lambda _: breaches
        try:
            publishing.publish(self.run)
        finally:
            publishing._breaches = asking

    def write(self, connection) -> None:
        """One to three statements, or pairs of them, in one transaction."""
        for _ in range(self.random.randint(1, 3)):
            mart, (told, key, free) = self.random.choice([*{**TELLING, **SILENT}.items()])
            rows = (
                f"{key} in (select {key} from marts.{mart} order by hashtext({key} ||"
                f" '{self.random.random()}') limit {self.random.randint(1, 3)})"
            )
            take = f"create temp table taken on commit drop as select * from marts.{mart} where"
            gone = f"{take} {rows}; delete from marts.{mart} where {rows}"
            back = f"insert into marts.{mart} table taken; drop table taken"
            where = "where ctid = (select min(ctid) from taken)"
            statements = [
                f"update marts.{mart} set {free} = '{self.number}' where {rows}",
                f"update marts.{mart} set {free} = null where {rows}",
                f"delete from marts.{mart} where {rows}",
                f"{gone}; {back}",
                f"{gone}; update taken set {free} = '{self.number}'; {back}",
                f"{gone}; delete from taken {where}; {back}",
                f"{gone}; update taken set {key} = '{self.number}' {where};"
                f" delete from marts.{mart} where {key} = '{self.number}'; {back}",
            ]
            if told not in (key, "child_id"):
                # told of by one value, and by another from now on
                statements.append(f"update marts.{mart} set {told} = {told} + 10 where {rows}")
            connection.execute(self.random.choice(statements))

    def build(self) -> None:
        with self.connection.transaction():
            self.write(self.connection)

    def build_in_vain(self) -> None:
        with self.connection.transaction(force_rollback=True):
            self.write(self.connection)

    def make_anew(self) -> None:
        self.end()
        mart = self.random.choice([*TELLING])
        make_anew(self.connection, mart)
        if self.random.random() < 0.7:
            tell(self.connection, mart)

    def empty_and_fill(self) -> None:
        self.end()
        mart = self.random.choice([*TELLING])
        self.connection.execute(
            f"create temp table copy as table marts.{mart}; truncate marts.{mart};"
            f" insert into marts.{mart} select * from copy offset 1; drop table copy"
        )

    def begin(self) -> None:
        """Somebody writes, and has not done with it before the next things have happened."""
        if not self.writer:
            self.writer = psycopg.connect("")
            self.writer.execute(
                "insert into marts.household (household_id) values (%s)", [self.number]
            )

    def end(self) -> None:
        if self.writer:
            self.random.choice([self.writer.commit, self.writer.commit, self.writer.rollback])()
            self.writer.close()
            self.writer = None

    def refuse(self) -> None:
        with suppress(publishing.PublicationError):
            self.publish_unasked([publishing.Breach("a_rule", "person", 1)])

    def fail_halfway(self) -> None:
        wrong = "update marts.sharing_agreement set need_level = %s where need_level = %s"
        self.connection.execute(wrong, ["s99", "s17"])
        with suppress(publishing.PublicationError):
            self.publish_unasked([])
        self.connection.execute(wrong, ["s17", "s99"])

    def go_back(self) -> None:
        publishing.rollback(to=1)

    def prune(self) -> None:
        prune(self.connection)

    def turn(self) -> None:
        """Another day, before the last or after it."""
        self.run = invented_marts.start_run(
            self.connection, f"2026-02-{self.random.randint(1, 28):02}"
        )

    def crash(self) -> None:
        """What has no log is empty, and its numbers begin anew."""
        self.end()
        with self.connection.transaction():
            for mart in TELLING:
                make_anew(self.connection, mart)
                self.connection.execute(f"delete from marts.{mart} where random() < 0.5")
                tell(self.connection, mart)
            self.connection.execute(
                "truncate resolution.kept_model, resolution.change, resolution.last_publication"
                " restart identity"
            )


def main() -> None:
    """Play, and say how often."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with scorer.scratch_database() as connection:
        world = World(connection, asked.seed)
        world.happen(asked.steps)
        (published,) = connection.execute(
            "select count(*) from ledger.publication where action = 'publish'"
        ).fetchone()
        print(f"{asked.steps} things happened; {published} publications, no row differs")


if __name__ == "__main__":
    main()
