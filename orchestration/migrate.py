"""Bring the database up to date: the migrations, then what contracts and the model yield."""

import psycopg
from psycopg import sql

from orchestration import settings


class MigrationError(Exception):
    """A migration that PostgreSQL refused. It changed nothing."""


def migrate() -> None:
    """Apply what is missing. Safe to repeat."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.exc import DBAPIError

    config = Config()
    config.set_main_option("script_location", str(settings.ROOT / "orchestration" / "migrations"))
    config.set_main_option("path_separator", "os")
    try:
        command.upgrade(config, "heads")
        _make_raw_tables()
        _make_search()
    except (DBAPIError, psycopg.Error) as error:
        why = str(getattr(error, "orig", error)).splitlines()[0]
        raise MigrationError(f"A migration fails and changed nothing: {why}") from error


def _make_raw_tables() -> None:
    from expectations import contract

    with psycopg.connect("") as connection:
        connection.execute("set client_min_messages = warning")
        connection.execute("select pg_advisory_xact_lock(hashtext('family_context.migrate'))")
        for feed in contract.feeds():
            connection.execute(sql.SQL(contract.raw_ddl(contract.load(feed))))
            connection.execute("select ledger.grant_raw_schema(%s)", [f"raw_{feed}"])


def _make_search() -> None:
    from orchestration.linkage.sql import SEARCH

    with psycopg.connect("") as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('family_context.migrate'))")
        connection.execute(SEARCH.read_text(encoding="utf-8"))
