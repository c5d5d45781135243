"""Find people by what is known of them, as a BI reader finds them.

family_context.person_search decides who fits and how well; this asks and prints.
"""

from dataclasses import astuple, dataclass

import psycopg
from psycopg.rows import namedtuple_row
from rich.console import Group
from rich.table import Table
from rich.text import Text

SEARCH = "select * from family_context.person_search(%s, %s, %s, %s, %s, %s, %s)"
ANSWERS = {
    "none_found": "Nobody was found.",
    "unknown": "Nobody was found in what could be searched.",
    "not_searched": "Nothing was searched: nothing was given that can be searched for.",
}


@dataclass(frozen=True)
class Question:
    """What is known of somebody, in any part: the arguments of person_search, in its order."""

    name: str | None = None
    born: str | None = None
    number: str | None = None
    postcode: str | None = None
    house: str | None = None
    contact: str | None = None


def search(question: Question, need_level: str = "s17", at_most: int = 20) -> list:
    """The candidates, the best first; one row that says what was searched when there is none."""
    with psycopg.connect("", row_factory=namedtuple_row) as connection:
        connection.execute("set role reader_bi")
        connection.execute(
            "select set_config('family_context.need_level', %s, false)", [need_level]
        )
        return connection.execute(SEARCH, [*astuple(question), at_most]).fetchall()


def page(rows: list) -> Group:
    """The candidates as a table, and beneath it what was searched."""
    first = rows[0]
    if first.answer == "candidate":
        shown = Table("Person", "Name", "Born", "Bits", "Why", "Of", "Perhaps also")
        for row in rows:
            name = " ".join(filter(None, (row.given_name, row.family_name)))
            shown.add_row(
                *(str(row.person_id), name, str(row.date_of_birth or "")),
                *(f"{row.strength / 100:.1f}", row.agreement, row.feed, row.perhaps_also),
            )
    else:
        shown = Text(ANSWERS[first.answer])
    scope = {
        "Searched for": first.searched_for,
        "Left aside": first.ignored,
        "Searched": first.feeds_searched,
        "Not searched": first.feeds_not_searched,
        "Cut": "more people are alike than were weighed: say more" if first.is_cut == "Yes" else "",
    }
    lines = (Text(f"{what}: {words}") for what, words in scope.items() if words)
    return Group(shown, *lines)
