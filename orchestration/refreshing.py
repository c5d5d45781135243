"""Run Dagster's job `refresh` in this process; Dagster's pages show it afterwards."""

import contextlib
import datetime as dt
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from orchestration import runs, settings


class RefreshError(Exception):
    """A refresh that did not succeed. Says which steps failed, and why."""


def prepare_home() -> Path:
    """Dagster's folder, with our settings in it; it keeps the history of runs."""
    home = settings.var() / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(settings.ROOT / "orchestration" / "dagster.yaml", home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    return home


def refresh(
    as_of_date: dt.date | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Land what has arrived, build, publish. `on_progress` hears what was done, how many, of how
    many. AlreadyRunningError: another is at work; RefreshError: a step failed."""
    prepare_home()
    if runs.is_one_running():
        raise runs.AlreadyRunningError("another refresh is running")
    import dagster as dg

    from orchestration import definitions

    job = definitions.defs.resolve_job_def("refresh")
    graph = definitions.defs.resolve_asset_graph()
    total = len(graph.materializable_asset_keys) + len(graph.asset_check_keys)
    listener = _Listener(on_progress, total)
    logger = logging.getLogger(definitions.LOGGER)
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.addHandler(listener)
    try:
        with dg.DagsterInstance.get() as instance:
            _bury_the_killed(instance)
            result = job.execute_in_process(
                {
                    "resources": {"refresh": {"config": {"as_of_date": str(as_of_date or "")}}},
                    "loggers": {"quiet": {}},
                },
                instance=instance,
                raise_on_error=False,
            )
    finally:
        logger.removeHandler(listener)
    if not result.success:
        failed = [event for event in result.all_events if event.is_step_failure]
        if not failed and runs.is_one_running():  # it began at the same moment
            raise runs.AlreadyRunningError("another refresh is running")
        raise RefreshError("\n".join(map(_why, failed)) or "Dagster could not start the run.")


class _Listener(logging.Handler):
    """Counts what Dagster says has been materialised or checked."""

    def __init__(self, on_progress, total: int):
        super().__init__()
        self.on_progress, self.total, self.done = on_progress, total, 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is None or not self.on_progress:
            return
        if event.event_type_value in ("ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION"):
            self.done += 1
        with contextlib.suppress(AttributeError):
            self.on_progress(event.step_key or "starting", self.done, self.total)


def _bury_the_killed(instance) -> None:
    """A run whose process was killed says for ever that it is running: Dagster never asks."""
    import dagster as dg

    at_work = dg.RunsFilter(job_name="refresh", statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(at_work):
        instance.report_run_failed(run, "Its process was killed: it holds no lock.")


def _why(event) -> str:
    """What we said ourselves; of another exception only the kind, for it may quote a row."""
    data = event.event_specific_data
    told = data.user_failure_data and data.user_failure_data.description
    kind = (data.error.cause or data.error).cls_name
    return f"{event.step_key}: {told or f'{kind}. The run in ./run dagster has its trace.'}"
