"""What people decide about who is who and who is family, and why the machine decided as it did.

Everything is read and written as the role steward; the rules are in the database and in dbt. A
record is named as its feed names it: `housing:H123`.
"""

import csv
import datetime as dt
from dataclasses import dataclass

import psycopg
from psycopg.rows import namedtuple_row

from orchestration import settings

FIND = """
select record_id, feed, source_person_id, person_id, match_rule
from family_context.person_source_record
where feed = %s and coalesce(source_person_id, record_id) = %s
"""

OF_PERSON = """
select record_id, feed, coalesce(source_person_id, record_id) as source_person_id, match_rule
from family_context.person_source_record
where person_id = %s
order by feed, source_person_id
"""

LED_TO = "select person_id, reason from family_context.person_redirect where retired_person_id = %s"

EVENTS = """
select event_on, event_generation, event, other_person_id from family_context.person_event
where person_id = %s order by event_generation, event
"""

OF_PAIR = """
select * from family_context.link_explanation
where record_id = any(%s) and other_record_id = any(%s)
"""

# each pair once
BETWEEN = """
select * from family_context.link_explanation
where record_id = any(%(ids)s) and other_record_id = any(%(ids)s) and record_id < other_record_id
order by strength desc nulls last, record_id, other_record_id
"""

OTHERS = """
select * from family_context.link_explanation
where person_id = %s and is_one_person = 'No'
order by strength desc nulls last, other_feed, other_source_person_id
"""

# what keeps two people apart, whatever agrees between two of their records
APART = """
select * from family_context.link_explanation
where
    person_id = %s and other_person_id = %s and (vetoes is not null or stewards_say is not null)
order by feed, source_person_id, other_feed, other_source_person_id
"""

BANS = """
select link_override_id, ground, decided_at::date as decided_on from stewardship.link_override
where
    ground <> 'evidence' and withdrawn_at is null
    and (feed, source_person_id, other_feed, other_source_person_id) in (
        (%(feed)s, %(name)s, %(other_feed)s, %(other_name)s),
        (%(other_feed)s, %(other_name)s, %(feed)s, %(name)s)
    )
"""

ENTER = """
insert into stewardship.link_override (
    instruction, ground, feed, source_person_id, other_feed, other_source_person_id, reason,
    evidence, decided_by, decider_role, until_on, review_on
)
values (
    %(instruction)s, %(ground)s, %(feed)s, %(source_person_id)s, %(other_feed)s,
    %(other_source_person_id)s, %(reason)s, %(evidence)s, %(decided_by)s, %(decider_role)s,
    %(until_on)s, %(review_on)s
)
returning link_override_id
"""

ENTER_FAMILY = """
insert into stewardship.family_override (
    instruction, relationship_code, feed, source_person_id, other_feed, other_source_person_id,
    reason, evidence, decided_by, decider_role, until_on, review_on
)
values (
    %(instruction)s, %(relationship_code)s, %(feed)s, %(source_person_id)s, %(other_feed)s,
    %(other_source_person_id)s, %(reason)s, %(evidence)s, %(decided_by)s, %(decider_role)s,
    %(until_on)s, %(review_on)s
)
returning family_override_id
"""

# a number names one decision, whatever it is about
WITHDRAW = """
with link as (

    update stewardship.link_override
    set withdrawn_at = now(), withdrawn_by = %(withdrawn_by)s, withdrawn_because = %(reason)s
    where link_override_id = %(number)s and withdrawn_at is null
    returning link_override_id

),

family as (

    update stewardship.family_override
    set withdrawn_at = now(), withdrawn_by = %(withdrawn_by)s, withdrawn_because = %(reason)s
    where family_override_id = %(number)s and withdrawn_at is null
    returning family_override_id

)

select * from link
union all
select * from family
"""

CORRECTIONS = """
select *
from family_context.correction_report
order by report_status = 'settled', feed, family_override_id, source_table, row_number
"""

WHY_FAMILY = """
select *
from family_context.family_explanation
where child_id = %s and member_id = %s
order by is_shown desc, confidence_estimate desc nulls last, basis, feed, row_number
"""

MEMBER = """
select * from family_context.family_member where child_id = %s and member_id = %s
"""

PUBLISHED = "select person_id from family_context.person where person_id = any(%s)"

QUEUE = """
select
    review_reason, agreement, vetoes, child_count, spell_count, feed,
    coalesce(source_person_id, record_id) as source_person_id, other_feed,
    coalesce(other_source_person_id, other_record_id) as other_source_person_id,
    count(*) over () as waiting
from family_context.link_review
order by
    review_reason not in ('override_conflict', 'steward_link_against_veto'), child_count desc,
    spell_count desc, record_id, other_record_id
limit %s
"""

# by the name of the constraint, so that nothing of what was entered is repeated
REFUSALS = {
    "reason_says_why": "A reason takes at least 20 letters.",
    "a_withdrawal_is_whole": "A reason takes at least 20 letters.",
    "evidence_is_named": "Name the evidence.",
    "decider_is_named": "Name who decides.",
    "decider_role_is_named": "Name the office of who decides.",
    "two_records_are_named": "These are one record, not two.",
    "a_relation_is_named_unless_there_is_none": "Say what the one is to the other.",
    "a_ban_parts_and_does_not_end": "A ban only parts, and does not end until it is withdrawn.",
}


class StewardshipError(Exception):
    """What was asked or entered cannot be. Repeats no more than the caller typed."""


@dataclass(frozen=True)
class Decision:
    """Why two records are, or are not, one person: who decided, in which office, on what."""

    reason: str
    evidence: str
    decided_by: str
    decider_role: str
    ground: str = "evidence"
    until_on: dt.date | None = None
    review_on: dt.date | None = None


def decide(instruction: str, one: str, other: str, decision: Decision) -> int:
    """Enter that two records are one person (`link`) or are not (`part`); its number. It holds
    from the next refresh on. A ban is entered as information governance."""
    is_ban = decision.ground != "evidence"
    with _reading("information_governance" if is_ban else "steward") as connection:
        found, other_found = _find(connection, one)[0], _find(connection, other)[0]
        return _entered(
            connection,
            ENTER,
            instruction=instruction,
            feed=found.feed,
            source_person_id=found.source_person_id or found.record_id,
            other_feed=other_found.feed,
            other_source_person_id=other_found.source_person_id or other_found.record_id,
            **vars(decision),
        ).fetchone()[0]


def decide_family(
    instruction: str, child: str, other: str, relation: str | None, decision: Decision
) -> int:
    """Enter that somebody is no family of a child (`not_family`), is (`also_family`), or what they
    are to each other whatever sources say (`relationship`); its number. The relation is a code or
    its label of the seed relationship_code. It holds from the next refresh on."""
    code = _relationship_code(relation) if relation else None
    with _reading("steward") as connection:
        found, other_found = _find(connection, child)[0], _find(connection, other)[0]
        return _entered(
            connection,
            ENTER_FAMILY,
            instruction=instruction,
            relationship_code=code,
            feed=found.feed,
            source_person_id=found.source_person_id or found.record_id,
            other_feed=other_found.feed,
            other_source_person_id=other_found.source_person_id or other_found.record_id,
            **vars(decision),
        ).fetchone()[0]


def withdraw(number: int, withdrawn_by: str, reason: str, of_ban: bool = False) -> None:
    """End a decision. It is kept, with who withdrew it and why."""
    with _reading("information_governance" if of_ban else "steward") as connection:
        done = _entered(
            connection, WITHDRAW, number=number, withdrawn_by=withdrawn_by, reason=reason
        ).rowcount
    if not done:
        raise StewardshipError("There is no such decision in force.")


def queue(limit: int) -> list:
    """Pairs that wait for a steward, those on which most hangs first."""
    with _reading("steward") as connection:
        return connection.execute(QUEUE, [limit]).fetchall()


def corrections() -> list:
    """What workers say of families against the sources, what is open first."""
    with _reading("steward") as connection:
        return connection.execute(CORRECTIONS).fetchall()


def explain_member(child_id: int, person_id: int) -> list[str]:
    """Why somebody is, or is not, in a child's family, in lines: each row that speaks for it."""
    with _reading("steward") as connection:
        known = connection.execute(PUBLISHED, [[child_id, person_id]]).fetchall()
        if len(known) < 2:
            raise StewardshipError(
                "No two people of those numbers are published. ./run search tells numbers."
            )
        member = connection.execute(MEMBER, [child_id, person_id]).fetchone()
        rows = connection.execute(WHY_FAMILY, [child_id, person_id]).fetchall()
    if member:
        lines = [
            f"{person_id} is in the family of {child_id}: {member.relation}.",
            *_told(
                confidence=f"{member.confidence} ({member.confidence_estimate} in a thousand,"
                f" {member.source_count} sources)",
                beside=member.other_relations,
                worker=member.correction,
                contact="restricted" if member.is_contact_restricted == "Yes" else None,
                **{"perhaps the same person as": member.perhaps_also},
            ),
        ]
    else:
        lines = [f"{person_id} is not in the family of {child_id}."]
    for row in rows:
        where = f"{row.feed}.{row.source_table} row {row.row_number}"
        where += f" of delivery {row.delivery_id}" if row.delivery_id else ""
        said = "counts" if row.is_shown == "Yes" else f"does not count: {row.reason}"
        lines += [
            f"  {row.ground}: {row.source_said} ({where}) {said}",
            *_told(
                "    ",
                through=row.through_person_id,
                since=row.started_on,
                until=row.ended_on,
                confidence=row.confidence_estimate,
                rule=row.family_rule,
                decision=row.family_override_id,
            ),
        ]
    if not rows:
        lines.append(
            "  No source that is shared with you states a tie between them, nor do they share a"
            " private home now, as far as any source says."
        )
    return lines


def explain_pair(one: str, other: str, of_ban: bool = False) -> list[str]:
    """Why two records are one person, or are not, in lines. That the law forbids it is told to
    information governance alone: to others the pair is as one that was not compared."""
    with _reading("information_governance" if of_ban else "steward") as connection:
        records, others = _find(connection, one), _find(connection, other)
        ids = [record.record_id for record in records], [record.record_id for record in others]
        rows = connection.execute(OF_PAIR, ids).fetchall()
        is_one = bool({r.person_id for r in records} & {r.person_id for r in others})
        people = ", ".join(str(r.person_id) for r in (records[0], others[0]))
        lines = [
            f"{one} and {other} are one person: {records[0].person_id}."
            if is_one
            else f"{one} and {other} are two people: {people}."
        ]
        for row in rows:
            lines += _words(row)
        if of_ban:
            lines += _bans(connection, records[0], others[0])
        if not rows:
            lines.append(
                "  Of this pair alone nothing is kept: no key brought the two together, or next to"
                " nothing agrees, or it may not be told."
            )
        if not is_one:
            lines += _kept_apart(connection, records[0].person_id, others[0].person_id, rows)
        decided = any(r.machine_decision == "confirmed" or r.stewards_say for r in rows)
        if is_one and not decided:
            lines.append("  They are one through others:")
            lines += _chain(connection, records[0].person_id)
        return lines


def explain_person(person_id: int) -> list[str]:
    """Why the records of a person are one, which others they are not, and what happened, in
    lines."""
    with _reading("steward") as connection:
        records = connection.execute(OF_PERSON, [person_id]).fetchall()
        events = connection.execute(EVENTS, [person_id]).fetchall()
        if not records and not events:
            raise StewardshipError(
                "No person of that number is, or was, published. ./run search tells numbers."
            )
        lines = [f"Person {person_id}: {len(records)} records."]
        lines += [f"  {r.feed}:{r.source_person_id} ({r.match_rule})" for r in records]
        redirect = connection.execute(LED_TO, [person_id]).fetchone()
        if redirect:
            lines.append(
                f"  No longer used: {redirect.reason}"
                + (f" into {redirect.person_id}." if redirect.person_id else ".")
            )
        if chain := _chain(connection, person_id):
            lines += ["Joined because:", *chain]
        others = connection.execute(OTHERS, [person_id]).fetchall()
        for is_probable, title in ((True, "Probably also:"), (False, "Kept apart from:")):
            rows = [row for row in others if _is_probable(row) == is_probable]
            lines += [title] if rows else []
            for row in rows:
                lines.append(
                    f"  {_name(row.feed, row.source_person_id, row.record_id)} and"
                    f" {_name(row.other_feed, row.other_source_person_id, row.other_record_id)}"
                    f" of person {row.other_person_id}"
                )
                lines += _words(row, "    ")
        lines.append("What happened:")
        for event in events:
            other = f" {event.other_person_id}" if event.other_person_id else ""
            lines.append(
                f"  {event.event_on}, generation {event.event_generation}: {event.event}{other}"
            )
        return lines


def _reading(role: str) -> psycopg.Connection:
    connection = psycopg.connect("", row_factory=namedtuple_row)
    connection.execute(f"set role {role}")
    connection.execute("set family_context.need_level = 's47'")
    return connection


def _find(connection: psycopg.Connection, name: str) -> list:
    feed, _, source_person_id = name.partition(":")
    found = connection.execute(FIND, [feed, source_person_id]).fetchall()
    if not found:
        raise StewardshipError(f"No record {name} is published. Name it as feed:reference.")
    return found


def _entered(connection: psycopg.Connection, statement: str, **values) -> psycopg.Cursor:
    try:
        return connection.execute(statement, values)
    except psycopg.errors.CheckViolation as error:
        why = REFUSALS.get(error.diag.constraint_name, "It breaks a rule of the table.")
        raise StewardshipError(why) from None


def _chain(connection: psycopg.Connection, person_id: int) -> list[str]:
    ids = [record.record_id for record in connection.execute(OF_PERSON, [person_id]).fetchall()]
    lines = []
    for row in connection.execute(BETWEEN, {"ids": ids}).fetchall():
        if row.machine_decision == "confirmed" or row.stewards_say:
            lines.append(
                f"  {_name(row.feed, row.source_person_id, row.record_id)} and"
                f" {_name(row.other_feed, row.other_source_person_id, row.other_record_id)}"
            )
            lines += _words(row, "    ")
    return lines


def _relationship_code(relation: str) -> str:
    path = settings.ROOT / "seeds" / "reference" / "relationship_code.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if relation.lower() in (row["relationship_code"].lower(),
                                    row["relationship_label"].lower()):  # fmt: skip
                return row["relationship_code"]
    raise StewardshipError("There is no such relation: see the seed relationship_code.")


def _told(indent: str = "  ", **facts) -> list[str]:
    return [f"{indent}{what}: {fact}" for what, fact in facts.items() if fact]


def _kept_apart(connection: psycopg.Connection, person_id: int, other_id: int, told: list) -> list:
    """Pairs of records of the two people that may not be one, other than the one told of."""
    pairs = {(row.record_id, row.other_record_id) for row in told}
    lines = []
    for row in connection.execute(APART, [person_id, other_id]).fetchall():
        if (row.record_id, row.other_record_id) not in pairs:
            lines.append(
                f"  {_name(row.feed, row.source_person_id, row.record_id)} and"
                f" {_name(row.other_feed, row.other_source_person_id, row.other_record_id)}"
            )
            lines += _words(row, "    ")
    return ["  Other records of the two people keep them apart:", *lines] if lines else []


def _bans(connection: psycopg.Connection, record, other) -> list[str]:
    named = {
        "feed": record.feed,
        "name": record.source_person_id or record.record_id,
        "other_feed": other.feed,
        "other_name": other.source_person_id or other.record_id,
    }
    return [
        f"  Forbidden by law: {row.ground}, decision {row.link_override_id} of {row.decided_on}."
        for row in connection.execute(BANS, named).fetchall()
    ]


def _name(feed: str, source_person_id: str | None, record_id: str) -> str:
    return f"{feed}:{source_person_id or record_id}"


def _is_probable(row) -> bool:
    return row.machine_decision == "probable" and row.stewards_say is None


def _words(row, indent: str = "  ") -> list[str]:
    said = {
        "the machine": row.machine_decision.replace("_", " ")
        + (f": {row.machine_reason}" if row.machine_reason else "")
        + (f" (weight {row.strength / 100:.1f} bits)" if row.strength else ""),
        "agrees": row.agreement,
        "against it": row.vetoes,
        "stewards": row.stewards_say,
    }
    return _told(indent, **said)
