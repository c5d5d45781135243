"""One refresh at a time: a lock in the database, and a fencing token for a run that lost it.

The lock belongs to a session of PostgreSQL, so it ends with the process that took it, however that
ends. The token is `ledger.run.run_id`: it only grows, and the publish gate refuses all but the
newest. So a run that was replaced while it still worked never publishes.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

TAKE_THE_LOCK = "select pg_try_advisory_lock(hashtext('family_context.refresh'), 0)"
# asked of the list of locks: to try the lock would keep out a refresh that starts just then
IS_THE_LOCK_TAKEN = """
select exists (
    select from pg_locks
    where
        locktype = 'advisory' and granted
        and database = (select oid from pg_database where datname = current_database())
        and classid = hashtext('family_context.refresh')::oid and objid = 0
)
"""


class AlreadyRunningError(Exception):
    """Another refresh is at work. Nothing is wrong: leave it to finish."""


@dataclass
class Run:
    """A refresh at work, and how it will have ended: succeeded, unless somebody says otherwise."""

    run_id: int
    as_of_date: dt.date
    status: str = "succeeded"


@contextmanager
def begin(as_of_date: dt.date) -> Iterator[Run]:
    """Hold the lock for as long as the refresh takes; AlreadyRunningError if another holds it."""
    with psycopg.connect("", autocommit=True) as connection:
        if not connection.execute(TAKE_THE_LOCK).fetchone()[0]:
            raise AlreadyRunningError("another refresh is running")
        connection.execute("set role landing")
        # whoever is said to be running lost the lock: it was killed, or is an orphan
        connection.execute("update ledger.run set status = 'overtaken' where status = 'running'")
        (run_id,) = connection.execute(
            "insert into ledger.run (as_of_date) values (%s) returning run_id", [as_of_date]
        ).fetchone()
        run = Run(run_id, as_of_date)
        try:
            yield run
        except BaseException:
            run.status = "failed"
            raise
        finally:
            with contextlib.suppress(psycopg.OperationalError):  # the server went away
                connection.execute(
                    "update ledger.run set status = %s, ended_at = now()"
                    " where run_id = %s and status = 'running'",
                    [run.status, run_id],
                )


def is_one_running() -> bool:
    """Whether a refresh holds the lock just now."""
    with psycopg.connect("") as connection:
        return connection.execute(IS_THE_LOCK_TAKEN).fetchone()[0]
