"""Where things are, and the few settings that the environment may change.

PostgreSQL is found by libpq's own variables: see orchestration/database.py.
"""

import datetime as dt
import os
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parents[1]
DBT_PROJECT = ROOT / "dbt_project"
LONDON = ZoneInfo("Europe/London")


def var() -> Path:
    """The folder of run-time files: the embedded server, the landing folder, Dagster's history."""
    return Path(os.environ.get("FAMILY_CONTEXT_VAR") or ROOT / "var").absolute()


# all that we ever write there
RUN_TIME_FILES = ("postgres", "landing", "truth", "dagster", "dbt", "bi_password")


def landing() -> Path:
    """The folder in which services drop their deliveries: <landing>/<feed>/<delivery>/."""
    return Path(os.environ.get("FAMILY_CONTEXT_LANDING") or var() / "landing").absolute()


def council() -> str:
    """The council whose settings are used: a folder of seeds/councils/."""
    return os.environ.get("FAMILY_CONTEXT_COUNCIL", "demo")


def today() -> dt.date:
    """The day it is in London: what as_of_date is unless the run says otherwise."""
    return dt.datetime.now(LONDON).date()
