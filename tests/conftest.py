"""What the tests share: one PostgreSQL for the run, a fresh database per module, the dbt project.

With PGHOST set the tests use that server, and leave it as they found it.
"""

import os
import shutil
import tempfile
import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orchestration import database as launcher
from orchestration import transform
from orchestration.migrate import migrate

AS_OF_DATE = "2026-01-31"
# a copied database does not take over who may connect to it: migration 0001 says this
COPY = (
    "create database {copy} template {template}",
    "revoke all on database {copy} from public",
    "grant connect on database {copy} to landing, builder, publisher, view_owner, reader_bi,"
    " reader_worker, auditor, information_governance, steward",
    "grant temporary on database {copy} to landing, builder, publisher",
)


@pytest.fixture(scope="session", autouse=True)
def var():
    """Run-time files of the tests, apart from those of the demo."""
    folder = Path(tempfile.mkdtemp(prefix="fc-test-"))
    os.environ["FAMILY_CONTEXT_VAR"] = str(folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(var):
    """A PostgreSQL for the whole run; nothing of it is left afterwards."""
    os.environ["PGDATABASE"] = "postgres"
    # whoever waits for a lock that nobody gives back is told so, and no test hangs
    launcher.ensure_running(
        fsync="off", full_page_writes="off", synchronous_commit="off", lock_timeout="10min"
    )
    yield launcher
    if launcher.is_embedded():
        launcher.stop()


@pytest.fixture(scope="session")
def template(server):
    """A migrated database to copy: migrating takes seconds, copying a tenth of one."""
    name = f"template_{uuid.uuid4().hex[:8]}"
    os.environ["PGDATABASE"] = name
    launcher.ensure_running()
    migrate()
    yield name
    _drop(name)


@pytest.fixture(scope="module")
def database(template):
    """A fresh, migrated database, to which the libpq variables point; an autocommit connection."""
    name = f"test_{uuid.uuid4().hex[:8]}"
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        for statement in COPY:
            names = {"copy": sql.Identifier(name), "template": sql.Identifier(template)}
            connection.execute(sql.SQL(statement).format(**names))
    os.environ["PGDATABASE"] = name
    with psycopg.connect("", autocommit=True) as connection:
        yield connection
    _drop(name)


@pytest.fixture(scope="session")
def manifest(var):
    """The dbt project as dbt reads it."""
    return transform.parse()


@pytest.fixture(scope="session")
def dbt():
    """Run dbt in this process: `dbt("build", "--select", "staging").success`."""

    def run(*words, as_of_date=AS_OF_DATE):
        return transform.dbt(*words, as_of_date=as_of_date)

    return run


def _drop(name):
    with psycopg.connect("dbname=postgres", autocommit=True) as connection:
        drop = sql.SQL("drop database if exists {} with (force)")
        connection.execute(drop.format(sql.Identifier(name)))
