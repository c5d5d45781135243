"""Publish what the marts hold as the generation that readers see, or go back to an earlier one.

SQL decides and writes: the rules are in `invariants/`, one file each, and the work is done by
`published.publish`. Everything happens in one transaction, or not at all. Nothing here repeats a
value: a rule that fails is named with the mart it fails in and how many rows break it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

import psycopg
from psycopg import sql

INVARIANTS = Path(__file__).parent / "invariants"
PATIENCE = "60s"


class Change(NamedTuple):
    """Rows of one mart that a generation added, changed and removed."""

    added: int
    changed: int
    removed: int


@dataclass(frozen=True)
class Publication:
    """What a publication did. No generation: readers see what the marts hold already."""

    generation: int | None
    changes: dict[str, Change] = field(default_factory=dict)


class Breach(NamedTuple):
    """A rule that the marts break, where, and in how many rows."""

    rule: str
    subject: str
    count: int


class PublicationError(Exception):
    """The marts are not fit to be read. Readers go on with what they saw before."""

    def __init__(self, breaches: list[Breach]):
        """Keep the rules and counts; they hold no value from a feed."""
        self.breaches = breaches
        super().__init__("\n".join(f"{b.rule}: {b.subject} ({b.count})" for b in breaches))


class NoGenerationError(PublicationError):
    """There is no such generation to show."""

    def __init__(self, generation: int | None):
        """Say which, and where those are that there are."""
        self.breaches = []
        asked = f"generation {generation}" if generation else "earlier generation"
        Exception.__init__(self, f"There is no {asked} to show: see family_context.generation.")


def publish(run_id: int, as_of_date: date | None = None) -> Publication:
    """Check the marts, write what differs, and show it. The date is the run's unless given."""
    with _publisher() as connection:
        marts = connection.execute(
            "select built_in, mart from published.mart"
            " where to_regclass(format('%I.%I', built_in, mart)) is not null order by mart"
        ).fetchall()
        with _refusing(), connection.transaction():
            # before the first query: nothing may replace a mart between that moment and the last
            for mart in marts:
                connection.execute(
                    sql.SQL("lock table {} in access share mode").format(sql.Identifier(*mart))
                )
            connection.execute("select set_config('publishing.run_id', %s, true)", [str(run_id)])
            if breaches := list(_breaches(connection)):
                raise PublicationError(breaches)
            connection.execute("select published.copy_descriptions()")
            (generation,) = connection.execute(
                "select published.publish(run_id, coalesce(%s, as_of_date))"
                " from ledger.run where run_id = %s",
                [as_of_date, run_id],
            ).fetchone()
            changes = connection.execute(
                "select mart, added, changed, removed from ledger.publication_change"
                " inner join published.generation using (generation)"
                " where generation = %s and published_at = now() order by mart",
                [generation],
            ).fetchall()
    return Publication(generation, {mart: Change(*counts) for mart, *counts in changes})


def rollback(to: int | None = None) -> int:
    """Show readers an earlier generation: the one before, unless one is named. It holds until
    the next publication."""
    with _publisher() as connection, connection.transaction():
        try:
            return connection.execute("select published.roll_back(%s)", [to]).fetchone()[0]
        except psycopg.errors.RaiseException:
            raise NoGenerationError(to) from None


@contextmanager
def _publisher() -> Iterator[psycopg.Connection]:
    """A connection as the role publisher. One at a time: the next waits for the lock."""
    with psycopg.connect("", autocommit=True) as connection:
        connection.execute("set role publisher")
        connection.execute(sql.SQL("set lock_timeout = {}").format(PATIENCE))
        connection.execute("set work_mem = '128MB'")
        connection.execute("select pg_advisory_lock(hashtext('family_context.publish'))")
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection


@contextmanager
def _refusing() -> Iterator[None]:
    """PostgreSQL repeats values when it refuses a row: keep the kind of the error, and no more."""
    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as error:
        raise PublicationError([_broken("the_generation_can_be_written", error)]) from None


def _breaches(connection: psycopg.Connection) -> Iterator[Breach]:
    for path in sorted(INVARIANTS.glob("*.sql")):
        try:
            with connection.transaction():
                rows = connection.execute(path.read_text(encoding="utf-8"))
                yield from (Breach(path.stem, *row) for row in rows.fetchall() if row[1])
        except (psycopg.DataError, psycopg.ProgrammingError) as error:
            yield _broken(path.stem, error)


def _broken(rule: str, error: psycopg.Error) -> Breach:
    where = error.diag.constraint_name or error.diag.table_name or "cannot be asked"
    return Breach(rule, f"{where}, SQLSTATE {error.sqlstate}", 1)
