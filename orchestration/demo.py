"""The demo council, night after night, and how to look at what comes of it."""

import datetime as dt
import json
import secrets

import psycopg
from psycopg import sql

from orchestration import database, settings

LOGIN = "bi_reader"


def generate(
    size: str = "S",
    seed: int = 1,
    night: int | None = None,
    as_of_date: dt.date | None = None,
    on_progress=None,
):
    """Write a night's extracts into the landing folder: the number of the night, and what was made.

    The night after the last one, unless one is named; the truth is written beside, where nothing
    but the evaluation reads it.
    """
    from seeds import synthetic

    truth = settings.var() / "truth"
    night = night or _last_night(truth / "council.json", size, seed) + 1
    date = as_of_date or settings.today()
    return night, synthetic.generate(
        settings.landing(), size, seed, date, night, truth, progress=on_progress
    )


def _last_night(path, size: str, seed: int) -> int:
    if not path.exists():
        return 0
    last = json.loads(path.read_text(encoding="utf-8"))
    return last["night"] if (last["size"], last["seed"]) == (size, seed) else 0


def ensure_login() -> str:
    """A login for BI tools on the embedded server, and its password."""
    path = settings.var() / "bi_password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(8))
    password = path.read_text()
    name = sql.Identifier(LOGIN)
    with psycopg.connect("", autocommit=True) as connection:
        found = connection.execute(
            "select true from pg_roles where rolname = %s", [LOGIN]
        ).fetchone()
        if not found:
            connection.execute(sql.SQL("create role {} login in role reader_bi").format(name))
        connection.execute(sql.SQL("alter role {} password {}").format(name, sql.Literal(password)))
    return password


def next_steps(password: str | None) -> str:
    """What a newcomer may do now. Without a password: on a server of theirs, with their login."""
    server = database.address()
    stop = ""
    if password:
        server = f"postgresql://{LOGIN}:{password}@{server.partition('@')[2]}"
        stop = "\nPostgreSQL stays up: ./run stop ends it, ./run clean removes everything"
    return (
        f"\nFor BI tools:   {server}"
        "\n                family_context.family_context, filtered by child_ref"
        "\nDagster:        ./run dagster, then open http://127.0.0.1:3000"
        "\nThe next night: ./run demo"
        f"\nEach feed:      ./run status{stop}"
    )
