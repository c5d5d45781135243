"""What lies in the landing folder undecided: asked every minute, so nothing is opened."""

import contextlib
import hashlib
from pathlib import Path

import psycopg

from expectations import contract
from orchestration import receiving

QUIET_SECONDS = 60


def waiting() -> list[str]:
    """Stamps of what the ledger has not decided on, and nobody is still writing."""
    with psycopg.connect("") as connection:
        decided = {row[0] for row in connection.execute("select file_stamp from ledger.delivery")}
    found = [(feed, path) for feed in contract.feeds() for path in receiving.pending(feed)]
    found += [("unknown", path) for path in receiving.unknown_feeds()]
    return [stamp for feed, path in found if (stamp := _stamp(feed, path)) not in decided | {None}]


def fingerprint(stamps: list[str]) -> str:
    """Differs when a delivery comes, goes or changes."""
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def _stamp(feed: str, path: Path) -> str | None:
    """None while it is still being written, or is gone again."""
    with contextlib.suppress(FileNotFoundError):
        if not receiving.is_fresh(path, QUIET_SECONDS):
            return receiving.look(feed, path).file_stamp
    return None
