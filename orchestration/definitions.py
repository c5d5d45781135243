"""All that Dagster knows: assets from the contracts and the dbt project, one job, when it runs."""

import logging

import dagster as dg

from expectations import contract
from orchestration import arrivals, feeds, history, runs, transform, warehouse
from orchestration.resource import Refresh

# What happens in a run goes to this Python logger: silent unless somebody listens.
LOGGER = "family_context.refresh"

history.hasten()
transform.ensure_parsed()
models = warehouse.built()
marts = sorted(key for key in models.keys if key.path[0] == "marts")

refresh_job = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all(),
    description="Land what has arrived, build, publish.",
    executor_def=dg.in_process_executor,
    config={"loggers": {"quiet": {}}},
)


@dg.schedule(job=refresh_job, cron_schedule="0 5 * * *", execution_timezone="Europe/London",
             default_status=dg.DefaultScheduleStatus.RUNNING)  # fmt: skip
def every_morning():
    """At five: not between midnight and three, hours that the change of clocks skips or repeats."""
    return dg.SkipReason("A refresh is running.") if runs.is_one_running() else dg.RunRequest()


@dg.sensor(job=refresh_job, minimum_interval_seconds=60,
           default_status=dg.DefaultSensorStatus.RUNNING)  # fmt: skip
def landing_folder():
    """A refresh when the landing folder holds a whole delivery that was not there before."""
    if runs.is_one_running():
        return dg.SkipReason("A refresh is running.")
    if not (waiting := arrivals.waiting()):
        return dg.SkipReason("Nothing waits.")
    # what made no difference last time is not tried again until something changes
    return dg.RunRequest(run_key=arrivals.fingerprint(waiting))


@dg.logger(description="Events of the run, for whoever listens in this process.")
def quiet(_) -> logging.Logger:
    """No line on the terminal for each of a thousand events."""
    return logging.getLogger(LOGGER)


defs = dg.Definitions(
    assets=[
        *map(feeds.landed, contract.feeds()),
        feeds.ledger(),
        models,
        warehouse.publication(marts),
    ],
    asset_checks=[feeds.freshness_checks()],
    jobs=[refresh_job],
    schedules=[every_morning],
    sensors=[landing_folder],
    resources={"refresh": Refresh()},
    loggers={"quiet": quiet},
    executor=dg.in_process_executor,
)
