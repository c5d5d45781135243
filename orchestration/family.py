"""One child's family, read as a BI reader reads it, and shown as a page."""

import re
from itertools import groupby

import psycopg
from psycopg.rows import namedtuple_row
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

FIND = """
select person_id::text as child_ref
from family_context.person_source_record
where feed = %s and source_person_id = %s
"""

FAMILY = """
select
    family_context.*,
    coverage.service_order
from family_context.family_context
inner join family_context.service_coverage as coverage using (service)
where family_context.child_ref = %s
order by family_context.member_order, family_context.member_id, coverage.service_order
"""
LABELS = "select feed, feed_label from family_context.feed_freshness"
# what is said of a member beside
CORRECTED = {
    "stated": "A worker says so.",
    "corrected": "What they are to the child is as a worker says.",
    "disputed": "A worker says that they are no family; a service states parental responsibility.",
    "contradicted": "Workers contradict each other; this is as the sources say.",
}
RESTRICTED = "CONTACT IS RESTRICTED: tell neither where the other lives."
PERHAPS = "May be the same person as {}. Nobody has decided: read both, and ask."
LITTLE_HISTORY = "Little history here: what went before may lie with another council."
# where the member lives
HOME = {
    "current": "Home: {}",
    "disputed": "Home, as sources contradict each other: {}",
    "last_known": "Last known home: {}",
    "not_known": "Home: not known.",
    "withheld": "Home: withheld. Tell nobody where it may be.",
}
OUTSIDE = " – outside the council's area, by its address register"
FOUND = ("current", "historic", "known", "yes")
ABSENT = "not_connected"
# and the share of the line that each may have
COLUMNS = {"Service": 4, "Status": 5, "Since": 3, "Whom to ring": 6, "Data as of": 2}


class UnknownChildError(Exception):
    """No child of that reference is published. Find it with ./run search."""


def read(child_ref: str | None, need_level: str = "s17") -> list:
    """The rows of one child; of the demo's scripted child unless one is named."""
    with psycopg.connect("", row_factory=namedtuple_row) as connection:
        connection.execute("set role reader_bi")
        connection.execute(
            "select set_config('family_context.need_level', %s, false)", [need_level]
        )
        if child_ref is None:
            from seeds.synthetic import SCRIPTED_CHILD

            found = connection.execute(FIND, SCRIPTED_CHILD).fetchone()
            child_ref = found.child_ref if found else ""
        rows = connection.execute(FAMILY, [child_ref]).fetchall()
        labels = {row.feed: row.feed_label for row in connection.execute(LABELS)}
    if not rows:
        raise UnknownChildError("No child of that reference is published.")
    return [row._replace(home_sources=_labelled(row.home_sources, labels)) for row in rows]


def page(rows: list) -> Group:
    """The rows as a page: a table for each member, nearest first, what was found on top. How sure
    the grounds of a member are is in brackets."""
    child = rows[0]
    members = [list(of) for _, of in groupby(rows, lambda row: row.member_id)]
    title = (
        f"The family of {_name(child)}: child_ref {child.child_ref}, generation {child.generation}"
    )
    absent = {row.service_label: None for row in rows if row.involvement_status == ABSENT}
    return Group(
        Text(title, style="bold"),
        *(_table(one, with_header=one is members[0]) for one in members),
        Text(f"\nFor everybody {ABSENT} (this council has no such feed): {', '.join(absent)}"),
    )


def _table(of_member: list, with_header: bool) -> Table:
    first = of_member[0]
    age = "" if first.member_age_in_years is None else f", {first.member_age_in_years}"
    sure = f" ({first.confidence})" if first.confidence else ""
    relation = f"{first.relation}: {first.bases}{sure}"
    table = Table(
        title="\n  ".join([f"\n{_name(first)}{age} · {relation}", *_notes(first)]),
        title_justify="left", title_style="bold", show_header=with_header, show_edge=False,
        box=SIMPLE_HEAD, pad_edge=False, expand=True,
    )  # fmt: skip
    for column, share in COLUMNS.items():
        # no dots in place of letters: a status is read to its end, however narrow the terminal
        table.add_column(column, ratio=share, overflow="fold")
    found = [row for row in of_member if row.involvement_status in FOUND]
    for row in found:
        table.add_row(row.service_label, *_answer(row))
    others = [row for row in of_member if row not in found and row.involvement_status != ABSENT]
    alike: dict[tuple, list[str]] = {}
    for row in others:
        alike.setdefault(tuple(_answer(row)), []).append(row.service_label)
    for answer, services in sorted(alike.items()):
        table.add_row(", ".join(services), *answer)
    return table


def _notes(row) -> list[str]:
    return list(
        filter(
            None,
            (
                RESTRICTED if row.is_contact_restricted == "Yes" else None,
                CORRECTED.get(row.correction),
                f"Also called: {row.other_relations}." if row.other_relations else None,
                PERHAPS.format(row.perhaps_also) if row.perhaps_also else None,
                LITTLE_HISTORY if row.has_little_history == "Yes" else None,
                f"Known only from {row.known_only_from}: ring there."
                if row.known_only_from
                else None,
                _home(row),
            ),
        )
    )


def _home(row) -> str:
    words = [row.home_address]
    if row.home_since_on:
        words.append(f"since {row.home_since_on:%-d %b %Y}")
    if row.home_last_known_on:
        words.append(f"last known {row.home_last_known_on:%-d %b %Y}")
    if row.home_sources:
        words.append(f"({row.home_sources})")
    home = HOME[row.home_status].format(" ".join(filter(None, words)))
    return home + (OUTSIDE if row.home_area == "outside" and row.home_address else "")


def _labelled(feeds: str | None, labels: dict) -> str | None:
    """Feeds as readers know them; in the marts they are keys, by which the views hide them."""
    return feeds and re.sub(r"\w+", lambda feed: labels.get(feed[0]) or feed[0], feeds)


def _name(row) -> str:
    return " ".join(filter(None, (row.member_given_name, row.member_family_name))) or "unborn"


def _answer(row) -> list[str]:
    """Status, since, whom to ring, as of."""
    why = [row.status_reason] if row.status_reason else []
    if row.involvement_status in FOUND and row.is_out_of_date == "Yes":
        why.append("out of date")
    status = row.involvement_status + (f" ({', '.join(why)})" if why else "")
    since = f"{row.started_on:%-d %b %Y}" if row.started_on else ""
    if row.ended_on:
        since += f" to {row.ended_on:%-d %b %Y}"
    who = (row.contact_name, row.contact_role, row.provider_name)
    ring = ", ".join(filter(None, (*who, row.contact_phone or row.contact_email)))
    as_of = f"{row.data_current_as_of:%-d %b %Y}" if row.data_current_as_of else "never"
    return [status, since, ring, as_of]
