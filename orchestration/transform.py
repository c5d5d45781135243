"""Run dbt in this process: what it writes goes to var/dbt, and it tells nobody."""

import datetime as dt
import json
import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

from orchestration import settings

# the events that say how a node ended
RESULTS = ("LogSeedResult", "LogModelResult", "LogTestResult")


class BuildError(Exception):
    """dbt did not build all it was asked to. Names what failed; holds no value from a feed."""


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


def events(*words: str, as_of_date: dt.date) -> Iterator[dict]:
    """Run one dbt command; yield what happens, as it happens, as dbt's JSON log would have it.

    Nothing is printed or logged, because PostgreSQL's messages repeat values. BuildError at the
    end, if anything failed.
    """
    from dbt.cli.main import dbtRunner
    from google.protobuf.json_format import MessageToDict

    happened: queue.Queue = queue.Queue()

    def tell(event) -> None:
        if event.info.name in RESULTS:
            happened.put(MessageToDict(event, preserving_proto_field_name=True))

    def run() -> None:
        try:
            call = ["--log-level", "none", "--log-level-file", "none", *words]
            happened.put(dbtRunner(callbacks=[tell]).invoke([*call, *options(as_of_date)]))
        except BaseException as error:
            happened.put(error)

    threading.Thread(target=run, name="dbt", daemon=True).start()
    while isinstance(event := happened.get(), dict):
        yield event
    if isinstance(event, BaseException):
        raise event
    if not event.success:
        raise BuildError(_failures(event)) from None


def _failures(result) -> str:
    if result.exception:  # of the project, before any row was read
        return str(result.exception)
    failed = [one for one in result.result if one.status in ("error", "fail")]
    return "\n".join(
        f"{one.node.original_file_path}: {one.node.name}: {one.status}"
        + (f", {one.failures} rows" if one.failures else "")
        for one in failed
    )


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
        raise BuildError(str(result.exception)) from None
    return json.loads(manifest_path().read_text(encoding="utf-8"))


def ensure_parsed() -> None:
    """Have a manifest that is as new as the project, and whole: a kill may have cut it short."""
    folders = (settings.DBT_PROJECT, settings.ROOT / "seeds", settings.ROOT / "tests" / "data")
    newest = max(path.stat().st_mtime for folder in folders for path in folder.rglob("*"))
    try:
        json.loads(manifest_path().read_bytes())
    except (FileNotFoundError, ValueError):
        parse()
    else:
        if manifest_path().stat().st_mtime < newest:
            parse()
