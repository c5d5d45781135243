"""What the warehouse must answer, worked out slowly: one person, one service, one rule at a time.

Nothing here is shared with the models. It follows the words of the glossary, in their order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby


@dataclass(frozen=True)
class Person:
    person_id: int
    date_of_birth: date | None = None
    expected_date_of_birth: date | None = None
    not_matchable_reason: str | None = None  # None: matchable
    set_aside_in: frozenset[str] = frozenset()  # feeds that sent a row that was set aside
    home_area: str | None = None  # inside, outside or not_known; None: nothing is told of a home


@dataclass(frozen=True)
class Delivery:
    status: str  # in_force, superseded, refused, duplicate or landed
    extracted_on: date | None
    tables: frozenset[str] = frozenset()  # that came with at least one row


@dataclass(frozen=True)
class Feed:
    feed: str
    warn_age: int
    error_age: int
    deliveries: tuple[Delivery, ...] = ()  # in the order in which they came


@dataclass(frozen=True)
class Rule:
    """What the council says of one service, as far as it is in force on the as-of date."""

    service: str
    notion: str  # current_historic, known or yes
    feed: str | None  # None: not connected
    minimum_age: int | None = None
    maximum_age: int | None = None
    shown_when_age_unknown: bool = False
    lookback_years: int | None = None
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Spell:
    spell_id: str
    person_id: int
    service: str
    source_spell_id: str | None = None
    role: str | None = None
    category: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    is_ended: bool = False
    last_interaction_on: date | None = None


@dataclass(frozen=True)
class Answer:
    status: str
    reason: str | None = None
    spell_id: str | None = None
    spell_count: int = 0


NOTHING = {"current_historic": "none_found", "known": "unknown", "yes": "no"}
NEVER = date.min


def answer(
    person: Person, rule: Rule, spells: list[Spell], feed: Feed | None, as_of: date
) -> Answer:
    """The answer of one service about one person; the first that holds wins."""
    if feed is None:
        return Answer("not_connected")
    age = of_age(person, rule, as_of)
    if age in ("too_young", "too_old", "unborn"):
        return Answer("not_in_scope", age)
    spells = shown(person, rule, spells, as_of)
    if spells:
        first = min(spells, key=lambda spell: most_telling(spell, rule))
        return Answer(status(first, rule), None, first.spell_id, len(spells))
    if age == "age_unknown":
        return Answer("not_matchable", age)
    if person.not_matchable_reason:
        return Answer("not_matchable", person.not_matchable_reason)
    if reason := out_of_date(feed, as_of) or not_received(feed, rule):
        return Answer("out_of_date", reason)
    if feed.feed in person.set_aside_in:
        return Answer("out_of_date", "row_set_aside")
    if person.home_area == "outside":
        return Answer("out_of_area", "home_outside_area")
    return Answer(NOTHING[rule.notion])


def status(spell: Spell, rule: Rule) -> str:
    if rule.notion != "current_historic":
        return rule.notion
    return "historic" if spell.is_ended else "current"


def of_age(person: Person, rule: Rule, as_of: date) -> str | None:
    """Why the service is not shown at this age, or None."""
    if rule.minimum_age is None and rule.maximum_age is None:
        return None
    if person.date_of_birth:
        age = completed_years(person.date_of_birth, as_of)
        if rule.minimum_age is not None and age < rule.minimum_age:
            return "too_young"
        if rule.maximum_age is not None and age > rule.maximum_age:
            return "too_old"
        return None
    if person.expected_date_of_birth and person.expected_date_of_birth >= as_of:
        return "unborn"
    return None if rule.shown_when_age_unknown else "age_unknown"


def out_of_date(feed: Feed, as_of: date) -> str | None:
    """Why the feed cannot say that there is nothing, or None."""
    held, refused = None, False
    for delivery in feed.deliveries:
        if delivery.status == "in_force":
            held, refused = delivery, False
    came = len(feed.deliveries)
    since = feed.deliveries.index(held) + 1 if held else 0
    for delivery in feed.deliveries[since:came]:
        is_newer = (
            held is None
            or held.extracted_on is None
            or delivery.extracted_on is None
            or delivery.extracted_on > held.extracted_on
        )
        if delivery.status == "refused" and is_newer:
            refused = True
    if refused:
        return "newest_delivery_refused"
    if held is None:
        return "never_received"
    if held.extracted_on is None:
        return "extract_time_unknown"
    return "past_error_age" if (as_of - held.extracted_on).days > feed.error_age else None


def not_received(feed: Feed, rule: Rule) -> str | None:
    """Whether the feed came without a table that the service is read from."""
    held = [delivery for delivery in feed.deliveries if delivery.status == "in_force"][-1]
    is_whole = held.tables.issuperset(rule.lists.get("searched_table", ()))
    return None if is_whole else "table_not_received"


def shown(person: Person, rule: Rule, spells: list[Spell], as_of: date) -> list[Spell]:
    """The spells of the person that the rule lets show, whatever else is known."""
    if of_age(person, rule, as_of):
        return []
    own = [s for s in spells if s.person_id == person.person_id and s.service == rule.service]
    own = [spell for spell in own if allowed(spell, rule, as_of)]
    own = one_per(own, rule)
    return listed(beside(own, rule), rule)


def allowed(spell: Spell, rule: Rule, as_of: date) -> bool:
    if "shown_role" in rule.lists and spell.role not in rule.lists["shown_role"]:
        return False
    if spell.category in rule.lists.get("excluded_category", ()):
        return False
    if "shown_category" in rule.lists and spell.category not in rule.lists["shown_category"]:
        return False
    if spell.started_on and spell.started_on > as_of:
        return False
    window = window_of(rule, as_of)
    if window and spell.ended_on and spell.ended_on < window:
        return False
    kind = offence_class(spell, rule)
    if kind is None:
        return True
    if spell.started_on is None:
        return False
    years = rule.numbers.get(f"{spell.role}_{kind}_lookback")
    since = years_before(as_of, years) if years is not None else window
    return since is None or spell.started_on >= since


def window_of(rule: Rule, as_of: date) -> date | None:
    starts = []
    if rule.lookback_years is not None:
        starts.append(years_before(as_of, rule.lookback_years))
    if "searched_since" in rule.numbers:
        starts.append(date(rule.numbers["searched_since"], 1, 1))
    return max(starts, default=None)


def offence_class(spell: Spell, rule: Rule) -> str | None:
    if "safeguarding_category" not in rule.lists:
        return None
    return "safeguarding" if spell.category in rule.lists["safeguarding_category"] else "other"


def one_per(spells: list[Spell], rule: Rule) -> list[Spell]:
    """One spell for each case: what goes on first, then the role that the rule names first."""
    if "shown_role" not in rule.lists:
        return spells
    roles = rule.lists["shown_role"]
    kept = [spell for spell in spells if spell.source_spell_id is None]
    cases = [spell for spell in spells if spell.source_spell_id is not None]
    for _, case in grouped(cases, lambda spell: spell.source_spell_id):
        kept.append(
            min(
                case,
                key=lambda spell: (
                    spell.is_ended,
                    roles.index(spell.role),
                    *latest_first(spell.started_on),
                    spell.spell_id,
                ),
            )
        )
    return kept


def beside(spells: list[Spell], rule: Rule) -> list[Spell]:
    lesser = rule.lists.get("lesser_category", ())
    has_main = any(not spell.is_ended and spell.category not in lesser for spell in spells)
    return [
        spell for spell in spells if spell.is_ended or spell.category not in lesser or not has_main
    ]


def listed(spells: list[Spell], rule: Rule) -> list[Spell]:
    """No more offences of a class than the rule lists: the latest."""
    kept = []
    roles = rule.lists.get("shown_role", ())
    for kind, of_class in grouped(spells, lambda spell: offence_class(spell, rule) or ""):
        latest = sorted(
            of_class,
            key=lambda spell: (
                *latest_first(spell.started_on),
                roles.index(spell.role) if roles else 0,
                spell.spell_id,
            ),
        )
        kept += latest[: rule.numbers.get(f"{kind}_maximum", len(latest))]
    return kept


def most_telling(spell: Spell, rule: Rule) -> tuple:
    is_withheld = offence_class(spell, rule) == "other"
    return (
        spell.is_ended,
        *latest_first(None if is_withheld else spell.started_on),
        *latest_first(spell.last_interaction_on),
        spell.spell_id,
    )


def latest_first(day: date | None) -> tuple[bool, int]:
    return (day is None, -(day or NEVER).toordinal())


def grouped(spells: list[Spell], key: Callable):
    return [(name, list(some)) for name, some in groupby(sorted(spells, key=key), key)]


def completed_years(born: date, as_of: date) -> int:
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


def years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
