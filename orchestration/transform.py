"""Run dbt in this process: what it writes goes to var/dbt, and it tells nobody."""

import datetime as dt
import json
import os
from pathlib import Path

from orchestration import settings


def folder() -> Path:
    """What dbt writes: its manifest and its log."""
    return settings.var() / "dbt"


def manifest_path() -> Path:
    """The parsed project."""
    return folder() / "target" / "manifest.json"


def options(as_of_date: dt.date | str) -> list[str]:
    """What every call of dbt needs to know, wherever it is called from."""
    return [
        *("--project-dir", str(settings.DBT_PROJECT)),
        *("--profiles-dir", str(settings.DBT_PROJECT)),
        *("--target-path", str(folder() / "target")),
        *("--log-path", str(folder() / "logs")),
        *("--vars", json.dumps({"as_of_date": str(as_of_date)})),
    ]


def dbt(*words: str, as_of_date: dt.date | str | None = None):
    """Run one dbt command, as in `dbt("build", "--select", "staging")`: what dbtRunner returns."""
    from dbt.cli.main import dbtRunner

    call = ["--quiet", "--no-use-colors", *words, *options(as_of_date or settings.today())]
    return dbtRunner().invoke(call)


def parse() -> dict:
    """Read the whole project, which needs no database, and return its manifest."""
    had_host = os.environ.setdefault("PGHOST", "nowhere"), os.environ.setdefault("PGUSER", "nobody")
    try:
        result = dbt("parse")
    finally:
        for name, value in zip(("PGHOST", "PGUSER"), had_host, strict=True):
            if value in ("nowhere", "nobody"):
                del os.environ[name]
    if not result.success:
        raise result.exception
    return json.loads(manifest_path().read_text(encoding="utf-8"))
