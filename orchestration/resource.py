"""What every step of a refresh shares: the run, its date, and what is done about faults."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import psycopg
from pydantic import Field, PrivateAttr

from orchestration import runs, settings

RETRIES, PAUSE_SECONDS = 2, 5


class Refresh(dg.ConfigurableResource):
    """The refresh at work. Taken once by a run, by its first step, and held until its last."""

    as_of_date: str = Field(
        default="",
        description="The day for which ages and statuses are worked out. Empty: today in London.",
    )
    _run: runs.Run = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Refresh"]:
        """Hold the lock and the run of the ledger, and say there how it ended."""
        date = dt.date.fromisoformat(self.as_of_date) if self.as_of_date else settings.today()
        with runs.begin(date) as run:
            self._run = run
            yield self
            failed = context.instance.get_run_stats(context.run_id).steps_failed
            if failed and run.status == "succeeded":
                run.status = "failed"

    @property
    def run(self) -> runs.Run:
        """The run in the ledger."""
        return self._run


@contextmanager
def faults(context) -> Iterator[None]:
    """Try again after a fault that may pass; let no message of PostgreSQL through.

    Its messages repeat values. A lost connection, a lock not had in time, a full disk may pass;
    anything else would fail again.
    """
    try:
        yield
    except psycopg.OperationalError as error:
        context.log.warning(f"PostgreSQL: SQLSTATE {error.sqlstate}. Trying again.")
        raise dg.RetryRequested(RETRIES, PAUSE_SECONDS) from None
    except psycopg.Error as error:
        where = error.diag.table_name or error.diag.constraint_name or "no table named"
        raise dg.Failure(
            f"PostgreSQL: SQLSTATE {error.sqlstate}, {where}.", allow_retries=False
        ) from None
