"""What is written from the contracts and checked in, so that a change of contract shows in a diff.

The sources that dbt reads, a page per feed, and the list of feeds. Made from the contracts as
agreed, the same for every council. `write()` writes them again; `stale()` names what is not as
the contracts say, and a test holds it empty.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import yaml

from expectations import contract
from expectations.contract import ROOT, Column, Contract, Table

FEED_COLUMNS = {
    "feed": "feed",
    "kind": "kind",
    "feed_label": "title",
    "source_label": "source_label",
    "area_covered": "area",
    "frequency_days": "frequency_days",
    "warn_age_days": "warn_age_days",
    "error_age_days": "error_age_days",
    "lookback_years": "lookback_years",
    "agreement_reference": "agreement_reference",
}
NEEDS = {"R": "required", "Q": "wanted", "O": "optional"}
EFFECTS = {"quarantine": "the row is set aside", "count": "the row stays and is counted"}
ABBREVIATIONS = ("json", "nhs", "pnc", "uln", "upn", "uprn")


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
    for one in agreed:
        staging = ROOT / "dbt_project" / "models" / "staging" / one.feed
        yield staging / "_sources.yml", _sources(one)
        yield ROOT / "docs" / "feeds" / f"{one.feed}.md", _page(one)


def _origin(one: Contract) -> str:
    return f"Written from expectations/contracts/{one.feed}.odcs.yaml by ./run contracts."


def _feed_list(agreed: list[Contract]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(FEED_COLUMNS)
    for one in agreed:
        rows.writerow(getattr(one, name) for name in FEED_COLUMNS.values())
    return text.getvalue()


# What dbt reads


def _sources(one: Contract) -> str:
    source = {
        "name": one.feed,
        "description": one.purpose,
        "schema": f"raw_{one.feed}",
        "tables": [_source_table(table) for table in one.tables],
    }
    style = {"sort_keys": False, "allow_unicode": True, "width": 1000}
    return f"# {_origin(one)}\n{yaml.dump({'sources': [source]}, Dumper=_Indented, **style)}"


class _Indented(yaml.SafeDumper):
    """A list is indented under its key, as in the files that people write."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def _source_table(table: Table) -> dict:
    return {
        "name": table.name,
        "description": table.description,
        "identifier": f"{table.name}_in_force",
        "columns": [
            {
                "name": column.name,
                "description": column.description,
                "config": {"meta": {"personal_data_class": column.personal_data_class}},
            }
            for column in table.columns
        ],
    }


# The page that people read


def _page(one: Contract) -> str:
    blocks = [
        f"<!-- {_origin(one)} -->",
        f"# {one.title}",
        f"{one.purpose} {one.usage}",
        "## Who sends it, and whom to ring",
        f"Sent by: {one.sender}. When a delivery is late or refused, ring the {one.support}.",
        _bullets([f"source: {one.source_label}", f"area: {one.area}"]),
        f"{one.limitations}",
        "How its files are dropped: [a delivery](../delivery.md).",
        "## How often, and how late",
        _bullets(
            [
                f"{one.frequency}",
                f"late when its data is more than {_days(one.warn_age_days)} old",
                f"out of date past {_days(one.error_age_days)}: absence then says nothing",
                f"reaches back {_years(one.lookback_years)}{_limits(one)}",
                f"a row that has left the extract is kept {_years(one.retention_years)}",
                f"refused whole when more than {one.quarantine_limit:.0%} of a table's rows break"
                " a rule that sets rows aside",
            ]
        ),
        "## Lawful basis",
        _bullets(
            [
                f"agreement: {one.agreement_reference}, contract version {one.version}",
                one.lawful_basis,
                *filter(None, (one.special_category_condition, one.criminal_offence_condition)),
            ]
        ),
        "## Each column, and why",
        _reading(one),
        *(block for table in one.tables for block in _table(table)),
        "## Quirks",
        _bullets(one.quirks),
    ]
    return "\n\n".join(blocks) + "\n"


def _limits(one: Contract) -> str:
    rules = ", ".join(f"`{rule}`" for rule in one.inclusion_rules)
    return f"; limited by {rules}" if rules else ""


def _reading(one: Contract) -> str:
    """How values of this feed are read, where the table of columns says no more."""
    columns = [column for table in one.tables for column in table.columns]
    formats = next((column.date_formats for column in columns if column.date_formats), ())
    return (
        "Required: a row without it is set aside. Wanted: the share that is filled is watched."
        " Other header spellings that are accepted are in the contract."
        + (f"\nDates are read as {_in_order(formats)}, in this order." if formats else "")
    )


def _in_order(formats: tuple[str, ...]) -> str:
    return ", ".join(f"`{text}`" for text in formats)


def _table(table: Table) -> Iterator[str]:
    must = "always sent" if table.is_required else "may be missing"
    keys = ", ".join(f"`{name}`" for name in table.key)
    yield f"### {table.name}"
    yield f"{table.description} File `{table.name}.csv`, {must}. Key: {keys}."
    yield _grid(
        ("column", "need", "holds", "personal data", "why"),
        (
            (
                f"`{column.name}`",
                NEEDS[column.need],
                _holds(column),
                column.personal_data_class,
                column.description,
            )
            for column in table.columns
        ),
    )
    if table.rules:
        yield _grid(
            ("rule", "where it is broken", "says"),
            ((f"`{rule.name}`", EFFECTS[rule.effect], rule.description) for rule in table.rules),
        )


def _holds(column: Column) -> str:
    listed = column.code_list
    if listed and listed.values:
        return "one of " + ", ".join(f"`{value}`" for value in listed.values)
    if listed:
        return f"code of [{listed.scheme or listed.seed}](../../seeds/reference/{listed.seed}.csv)"
    if column.refers_to:
        return f"a `{column.refers_to}`"
    if column.rule:
        words = column.rule.split("_")
        return " ".join(word.upper() if word in ABBREVIATIONS else word for word in words)
    return column.type + (f", at most {column.max_length}" if column.max_length else "")


def _grid(header: tuple[str, ...], rows) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def _bullets(lines) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _days(number: int) -> str:
    return f"{number} day" if number == 1 else f"{number} days"


def _years(number: int) -> str:
    return f"{number} year" if number == 1 else f"{number} years"
