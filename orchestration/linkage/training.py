"""Estimate m and u from the council's own records, with no truth known: counts in SQL, then EM.

u, how often records of two people agree, comes from random pairs; m, how often those of one do,
from expectation maximisation over the counted patterns of pairs that agree on something else.
After Fellegi and Sunter (1969) and Splink's practice of one session per blocking rule.
"""

from dataclasses import dataclass, replace
from math import log2

import psycopg

from orchestration.linkage import sql
from orchestration.linkage.definition import Level, Model

RECORD = "intermediate.int_person__profiled"
RANDOM_PAIRS = 3_000_000
LARGEST_SESSION = 3_000_000


@dataclass(frozen=True)
class Ground:
    """What a model is trained on, and which of its comparisons are learnt how."""

    record: str
    compared: str  # a query for the pairs that are weighed
    # pairs that agree on this teach about everything else
    sessions: tuple[tuple[str, ...], ...]
    # agreement on these is too rare to be met among random pairs: all pairs that share one are
    # counted
    shared: tuple[tuple[str, str], ...] = ()
    # no number is trusted more than if all who share one were two people
    numbers: tuple[str, ...] = ()


COUNCIL = Ground(
    RECORD,
    sql.compared_pairs(),
    sessions=(("date_of_birth",), ("given_name", "family_name")),
    shared=(("home", "home_keys"), ("child", "child_keys")),
    numbers=("nhs_number", "upn"),
)
RULE_OF_THREE = 3
SEEN = 10  # pairs of one person from which a chance may be told
LEAST = 1e-8  # no chance is nought
LEAST_ERROR = 0.02  # no field is written so well that it differs less often
ROUNDS = 200
ROUNDS_OF_SHARE = 50
ROUNDS_OF_U = 2  # u without the pairs of one person, once it is known how many those are


def train(connection: psycopg.Connection, model: Model, ground: Ground = COUNCIL) -> Model:
    """The model with new m, u and prior. Nothing is written."""
    (count,) = connection.execute(f"select count(*) from {ground.record}").fetchone()

    def counted(pairs: str) -> dict:
        return patterns(connection, model, ground.record, pairs)

    random_levels = _shares(model, counted(_random_pairs(ground.record, count)))
    shared = {
        name: _shared_patterns(connection, model, ground.record, column, counted)
        for name, column in ground.shared
    }
    agreeing = {known: counted(_agreeing_pairs(ground.record, known)) for known in ground.sessions}
    compared = counted(ground.compared)
    trained = model
    for _ in range(ROUNDS_OF_U):
        u = _chance_agreement(connection, trained, ground, random_levels)
        u |= _shared_chances(model, shared, u)
        sessions = [
            _expectation_maximisation(model, found, u, set(known))
            for known, found in agreeing.items()
            if found
        ]
        levels = tuple(
            _trained(level, [s[key] for s in sessions if key in s], u[key])
            if (key := (level.comparison, level.level))[1] != "missing"
            else level
            for level in model.levels
        )
        trained = replace(trained, levels=levels)
        for _ in range(3):
            trained = replace(trained, prior=_prior(trained, compared, count))
    return trained


def _trained(level: Level, m: list[float], u: float) -> Level:
    """What too few pairs of one person show keeps its weight."""
    return replace(level, m=_mean(m) or min(u * 2**level.weight, 1.0), u=u)


def patterns(connection, model: Model, record: str, pairs: str) -> dict[tuple[str, ...], int]:
    """How often each combination of levels occurs among pairs (a query: record_number and _r)."""
    cases = [sql.level_case(levels) for levels in model.comparisons.values()]
    rows = connection.execute(
        f"select {', '.join(cases)}, count(*) from ("
        f"select {sql.pair_columns(model)} from ({pairs}) as asked"
        f" inner join {record} as left_record"
        " on asked.record_number = left_record.record_number"
        f" inner join {record} as right_record"
        " on asked.other_record_number = right_record.record_number"
        f") as pair group by {', '.join(str(n + 1) for n in range(len(cases)))}"
    )
    return {row[:-1]: row[-1] for row in rows}


def _random_pairs(record: str, count: int) -> str:
    place = f"1 + (hashint8extended(n, {{}}) & 9223372036854775807) % {count}"
    numbered = (
        f"(select record_number, row_number() over (order by record_number) as place from {record})"
    )
    return (
        "select one.record_number, other.record_number as other_record_number"
        f" from generate_series(1::bigint, {RANDOM_PAIRS}) as n"
        f" inner join {numbered} as one on {place.format(1)} = one.place"
        f" inner join {numbered} as other on {place.format(2)} = other.place"
        # nobody is compared with itself
        " where one.place <> other.place"
    )


def _agreeing_pairs(record: str, names: tuple[str, ...]) -> str:
    condition = " and ".join(f"left_record.{name} = right_record.{name}" for name in names)
    return (
        "select left_record.record_number as record_number,"
        " right_record.record_number as other_record_number"
        f" from {record} as left_record inner join {record} as right_record"
        f" on {condition} and left_record.record_number < right_record.record_number"
        f" limit {LARGEST_SESSION}"
    )


def _shared_patterns(connection, model: Model, record: str, column: str, counted):
    """The patterns of all pairs that share a value of a column, and how many pairs could."""
    value = (
        f"unnest(string_to_array({column}, '|'))"
        if column in sql.several_columns(model)
        else column
    )
    (holding,) = connection.execute(f"select count({column}) from {record}").fetchone()
    holder = f"(select record_number, {value} as shared from {record})"
    return counted(sql.pairs_sharing(holder)), holding * (holding - 1) // 2


def _shared_chances(model: Model, shared, u) -> dict[tuple[str, str], float]:
    """u of what only pairs that share a value can have: how many of these all else says are two
    people, of all pairs that could share one."""
    chances = {}
    m = {(level.comparison, level.level): level.m for level in model.levels if level.m}
    for name, (counted, pairs) in shared.items():
        held = [
            (dict(zip(model.comparisons, pattern, strict=True)), count)
            for pattern, count in counted.items()
        ]
        share = 0.5
        two: dict[str, float] = {}
        for _ in range(ROUNDS_OF_SHARE if held else 0):
            two = {}
            for levels, count in held:
                others = [key for key in levels.items() if key[0] != name and key in m]
                expected = count * (1 - _chance(m, u, share, others))
                two[levels[name]] = two.get(levels[name], 0) + expected
            share = min(max(1 - sum(two.values()) / sum(counted.values()), 0.01), 0.99)
        chances |= {
            (name, level): max(expected, RULE_OF_THREE) / pairs for level, expected in two.items()
        }
    return chances


def _shares(model: Model, counted) -> dict[tuple[str, str], tuple[float, int]]:
    """Of each level: its share among pairs that can be compared, and how many those are."""
    shares = {}
    for place, (name, levels) in enumerate(model.comparisons.items()):
        totals: dict[str, int] = {}
        for pattern, count in counted.items():
            totals[pattern[place]] = totals.get(pattern[place], 0) + count
        compared = sum(count for level, count in totals.items() if level != "missing")
        for level in levels[1:]:
            shares[name, level.level] = (totals.get(level.level, 0) / max(compared, 1), compared)
    return shares


def _chance_agreement(
    connection, model: Model, ground: Ground, random_levels
) -> dict[tuple[str, str], float]:
    """u by random pairs; where a value's frequency takes its place, that frequency on average."""
    m = {(level.comparison, level.level): level.m or 0.0 for level in model.levels}
    u = {
        key: _without_matches(share, m[key], model.prior)
        for key, (share, _) in random_levels.items()
    }
    for level in model.levels:
        if level.tf_column:
            (u[level.comparison, level.level],) = connection.execute(
                f"select coalesce(avg({level.tf_column}), 0) from {ground.record}"
                f" where {level.tf_column.removeprefix('tf_')} is not null"
            ).fetchone()
    for column in ground.numbers:
        (u[column, "same"],) = connection.execute(
            "select coalesce(sum(n * (n - 1)) / nullif(sum(n) * (sum(n) - 1), 0), 0)"
            f" from (select count(*) as n from {ground.record}"
            f" where {column} is not null group by {column}) as number"
        ).fetchone()
    return {key: max(float(value), LEAST) for key, value in u.items()}


def _without_matches(share: float, m: float, prior: float) -> float:
    """How often two people agree, given how often random pairs do: a few of those are one person.
    What is met too seldom to be counted is put at three of the pairs drawn: the rule of three."""
    return max((share - prior * m) / (1 - prior), RULE_OF_THREE / RANDOM_PAIRS)


def _expectation_maximisation(model: Model, counted, u, known: set[str]) -> dict:
    """m of every comparison that is not known to agree. u stays as it is. What fewer than SEEN
    pairs of one person show is left out."""
    names = list(model.comparisons)
    m = {
        (level.comparison, level.level): _opening(model, level)
        for level in model.levels
        if level.level != "missing" and level.comparison not in known
    }
    held = [
        ([key for key in zip(names, pattern, strict=True) if key in m], count)
        for pattern, count in counted.items()
    ]
    share = 0.1
    for _ in range(ROUNDS):
        found = dict.fromkeys(m, LEAST)
        matching = 0.0
        for keys, count in held:
            expected = count * _chance(m, u, share, keys)
            matching += expected
            for key in keys:
                found[key] += expected
        totals = {name: sum(v for (n, _), v in found.items() if n == name) for name in names}
        updated = {key: value / totals[key[0]] for key, value in found.items()}
        share_before, share = share, min(matching / sum(counted.values()), 0.99)
        moved = max(abs(updated[key] - m[key]) for key in m)
        m = {
            key: max(value, LEAST_ERROR if key[1] == "different" else LEAST)
            for key, value in updated.items()
        }
        if moved < 1e-6 and abs(share - share_before) < 1e-6:
            break
    return {key: value for key, value in m.items() if found[key] >= SEEN}


def _chance(m: dict, u: dict, share: float, keys: list[tuple[str, str]]) -> float:
    """That a pair which compares like this is one person."""
    odds = share / (1 - share)
    for key in keys:
        odds *= m[key] / u[key]
    return odds / (1 + odds)


def _opening(model: Model, level) -> float:
    levels = model.comparisons[level.comparison][1:]
    return 0.9 if level is levels[0] else 0.1 / (len(levels) - 1)


def _mean(values: list[float]) -> float | None:
    return 2 ** (sum(log2(value) for value in values) / len(values)) if values else None


def _prior(model: Model, compared: dict[tuple[str, ...], int], count: int) -> float:
    """The share of all pairs of `count` records that are one person, as this model sees the pairs
    compared."""
    names = list(model.comparisons)
    ratio = {(level.comparison, level.level): 2**level.weight for level in model.levels}
    odds_before = model.prior / (1 - model.prior)
    expected = 0.0
    for pattern, occurrences in compared.items():
        odds = odds_before
        for key in zip(names, pattern, strict=True):
            odds *= ratio[key]
        expected += occurrences * odds / (1 + odds)
    return max(expected / (count * (count - 1) / 2), 1e-12)
