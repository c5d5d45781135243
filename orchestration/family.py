"""One child's family, read as a BI reader reads it, and shown as a page."""

from itertools import groupby

import psycopg
from psycopg.rows import namedtuple_row
from rich.table import Table

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
FOUND = ("current", "historic", "known", "yes")


class UnknownChildError(Exception):
    """No child of that reference is published."""


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
    if not rows:
        raise UnknownChildError("No child of that reference is published.")
    return rows


def page(rows: list) -> Table:
    """The rows as a table: a line for each service of each member, in order of nearness."""
    child = rows[0]
    table = Table(
        "Member", "Service", "Status", "Since", "Whom to ring", "Data as of",
        title=f"The family of {_name(child)}, child_ref {child.child_ref}, generation"
        f" {child.generation}",
        title_justify="left", pad_edge=False,
    )  # fmt: skip
    for _, of_member in groupby(rows, key=lambda row: row.member_id):
        of_member = list(of_member)
        heading = _member(of_member[0])
        connected = [row for row in of_member if row.involvement_status != "not_connected"]
        for row in connected:
            table.add_row(heading, row.service_label, *_answer(row))
            heading = ""
        missing = [row.service_label for row in of_member if row not in connected]
        table.add_row(heading, ", ".join(missing), "not_connected", "", "", end_section=True)
    return table


def _name(row) -> str:
    return " ".join(filter(None, (row.member_given_name, row.member_family_name))) or "unborn"


def _member(row) -> str:
    age = "" if row.member_age_in_years is None else f", {row.member_age_in_years}"
    return f"{_name(row)}{age}\n{row.relation}\n({row.bases})"


def _answer(row) -> list[str]:
    status = row.involvement_status
    why = f" ({row.status_reason})" if row.status_reason else ""
    if status in FOUND and row.is_out_of_date == "Yes":
        why += " (out of date)"
    since = f"{row.started_on:%-d %b %Y}" if row.started_on else ""
    if row.ended_on:
        since += f" to {row.ended_on:%-d %b %Y}"
    who = (row.contact_name, row.contact_role, row.contact_phone or row.contact_email)
    ring = ", ".join(filter(None, who)) or row.provider_name or ""
    as_of = f"{row.data_current_as_of:%-d %b %Y}" if row.data_current_as_of else "never"
    return [status + why, since, ring, as_of]
