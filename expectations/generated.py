"""What is written from the contracts and checked in, so that a change of contract shows in a diff.

The sources that dbt reads, a page per feed, and the list of feeds. Made from the contracts as
agreed, the same for every council. `write()` writes them again; `stale()` names what is not as
the contracts say, and a test holds it empty.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from expectations import contract
from expectations.contract import ROOT, Contract

FEED_COLUMNS = {
    "feed": "feed",
    "feed_label": "title",
    "source_label": "source_label",
    "area_covered": "area",
    "frequency_days": "frequency_days",
    "warn_age_days": "warn_age_days",
    "error_age_days": "error_age_days",
    "lookback_years": "lookback_years",
    "agreement_reference": "agreement_reference",
}


def write() -> list[Path]:
    """Write what is stale. Returns the paths that changed."""
    changed = stale()
    texts = dict(_files())
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8", newline="\n")
    return changed


def stale() -> list[Path]:
    """The generated files that are missing or not as the contracts say."""
    return [
        path
        for path, text in _files()
        if not path.exists() or path.read_bytes() != text.encode("utf-8")
    ]


def _files() -> Iterator[tuple[Path, str]]:
    agreed = [contract.load(feed, council=None) for feed in contract.feeds()]
    yield ROOT / "seeds" / "reference" / "feed.csv", _feed_list(agreed)


def _feed_list(agreed: list[Contract]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(FEED_COLUMNS)
    for one in agreed:
        rows.writerow(getattr(one, name) for name in FEED_COLUMNS.values())
    return text.getvalue()
