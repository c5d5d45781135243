"""Dagster's history, kept in SQLite without waiting for the disk at each of a thousand events.

Dagster opens a connection for every event and closes it again. SQLite then waits for the disk
twice: at the commit, and because the last connection to close moves its log into the database.
Unchanged, that was most of the time of a refresh on a busy machine.
"""

import sqlite3

from sqlalchemy import event
from sqlalchemy.engine import Engine

_kept_open: dict[str, sqlite3.Connection] = {}


def hasten() -> None:
    """From now on, in this process. A loss of power may lose the last events; it breaks nothing."""
    if not event.contains(Engine, "connect", _settle):
        event.listen(Engine, "connect", _settle)


def _settle(connection, _) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.execute("pragma synchronous = normal")
    path = connection.execute("pragma database_list").fetchone()[2]
    if path not in _kept_open:
        _kept_open[path] = sqlite3.connect(path, check_same_thread=False)
        _kept_open[path].execute("select count(*) from sqlite_master").fetchone()
