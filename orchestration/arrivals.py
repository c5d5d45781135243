"""What lies in the landing folder and has not been received: asked often, so nothing is opened."""

import hashlib
import time
from pathlib import Path

import psycopg

from expectations import contract
from orchestration import settings

QUIET_SECONDS = 60


def waiting() -> list[Path]:
    """Deliveries that the ledger does not know, and that nobody is still writing."""
    with psycopg.connect("") as connection:
        known = {row[0] for row in connection.execute("select folder from ledger.delivery")}
    found = [
        path
        for feed in contract.feeds()
        for path in sorted((settings.landing() / feed).glob("*"))
        if path.suffix != ".part" and f"{feed}/{path.name}" not in known
    ]
    return [path for path in found if _is_whole(path)]


def fingerprint(paths: list[Path]) -> str:
    """Differs when a delivery comes, goes or changes."""
    facts = [f"{path.parent.name}/{path.name} {_changed_at(path)}" for path in paths]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _is_whole(path: Path) -> bool:
    return (path / "manifest.json").exists() or _changed_at(path) < time.time() - QUIET_SECONDS


def _changed_at(path: Path) -> float:
    return max(one.stat().st_mtime for one in (path, *path.glob("*")))
