"""The hard cases of identity, decided by the real models on a real server.

What may not be joined is held to fixed bounds. What should be found is held to what was found when
last measured: a change may find more of a kind, never less. See docs/linkage.md.
"""

from collections import Counter

import pytest

from orchestration.linkage import definition
from orchestration.linkage import sql as linkage_sql
from tests.linkage import scorer
from tests.linkage.pack import GATES, cases


@pytest.fixture(scope="module")
def verdicts(database):
    scorer.load(database, cases())
    scorer.resolve()
    return scorer.judge(database, cases())


def wrong(verdicts, expect):
    """Kind, pair and reason, never a name."""
    return sorted(
        (v.case.kind, v.case.variant, v.pair, v.reason)
        for v in verdicts
        if v.expect == expect and v.is_merged
    )


# the pack


def test_a_kind_is_written_once_and_says_why():
    themes = {}
    for case in cases():
        assert case.why.endswith(".") and case.relation, case.kind
        assert themes.setdefault(case.kind, case.theme) == case.theme
    assert len(themes) >= 150


def test_cases_share_no_name_date_number_contact_or_place():
    held = Counter(value for case in cases() for value in case.shared_by_none())
    assert [count for count in held.values() if count > 1] == []


def test_numbers_and_contacts_are_of_ranges_that_belong_to_nobody():
    for case in cases():
        for record in case.records:
            held = record.values
            assert (held["nhs_number"] or "999").startswith("999") or (
                len(set(held["nhs_number"])) == 1
            )
            assert (held["upn"] or "A999")[1:4] == "999"
            assert (held["email"] or "@example.org").endswith("@example.org")
            assert all(home["postcode"].startswith("ZX") for home in record.homes)


def test_every_gate_has_cases_that_must_stay_apart():
    guarded = Counter(case.gate for case in cases() for *_, expect in case.pairs if expect == "no")
    assert {gate: guarded[gate] >= 15 for gate in GATES} == dict.fromkeys(GATES, True)


# what the models make of it


def test_cases_do_not_touch_one_another(verdicts, database):
    assert scorer.mixed_cases(database, cases()) == []


@pytest.mark.parametrize("gate", GATES)
def test_none_is_merged_of_those_where_one_would_be_too_many(verdicts, gate):
    merged = wrong([v for v in verdicts if v.case.gate == gate], "no")
    assert merged == []


def test_of_all_that_must_stay_apart_five_in_a_thousand_are_merged_at_most(verdicts):
    merged, count = scorer.share(verdicts, "no")
    assert merged <= 0.005 * count, wrong(verdicts, "no")


def test_of_all_that_a_person_must_look_at_two_in_a_hundred_are_linked_at_most(verdicts):
    linked, count = scorer.share(verdicts, "review")
    assert linked <= 0.02 * count, wrong(verdicts, "review")


def test_no_kind_is_found_less_often_than_when_last_measured(verdicts):
    found, floor = scorer.found_by_kind(verdicts), scorer.floor()
    assert {kind: pairs for kind, (_, pairs) in found.items()} == {
        kind: pairs for kind, (_, pairs) in floor.items()
    }, "the pack has changed: measure again (python -m tests.linkage.scorer --floor)"
    fallen = {
        kind: (found[kind][0], least)
        for kind, (least, _) in floor.items()
        if found[kind][0] < least
    }
    assert fallen == {}


RECOMPUTED = """
with compared as (
    select
        scored.match_weight,
        scored.record_number,
        scored.other_record_number,
        sum(
            case
                when level.tf_column is not null and level.m is not null
                    then ln(level.m / greatest(
                        (to_jsonb(one) ->> level.tf_column)::float,
                        (to_jsonb(other) ->> level.tf_column)::float,
                        model.tf_minimum
                    )) / ln(2.0)
                else coalesce(level.weight, 0)
            end
        ) + ln(model.prior / (1 - model.prior)) / ln(2.0) as worked_out,
        count(*) as comparisons
    from intermediate.int_person__scored as scored
    inner join intermediate.int_person__profiled as one on scored.record_number = one.record_number
    inner join intermediate.int_person__profiled as other
        on scored.other_record_number = other.record_number
    cross join reference.match_model as model
    cross join lateral jsonb_each_text(to_jsonb(scored)) as said (name, level)
    inner join match_level as level
        on said.name = level.comparison || '_level' and said.level = level.level
    group by scored.match_weight, scored.record_number, scored.other_record_number, model.prior
)

select
    count(*),
    count(*) filter (where abs(worked_out - match_weight) > 0.0001),
    count(distinct comparisons)
from compared
"""


def test_every_weight_is_worked_out_again_from_levels_and_seeds(verdicts, database):
    """What an explanation tells is what decided: all pairs, to a ten-thousandth of a bit."""
    database.execute(
        "create temporary table match_level (comparison text, level text, tf_column text,"
        " m float, weight float)"
    )
    for level in definition.load().levels:
        database.execute(
            "insert into match_level values (%s, %s, %s, %s, %s)",
            [level.comparison, level.level, level.tf_column, level.m, level.weight],
        )
    pairs, wrong_pairs, counts = database.execute(RECOMPUTED).fetchone()
    assert (wrong_pairs, counts) == (0, 1)
    assert pairs > 300


SEARCHED_FOR = """
insert into published.search_record
select (jsonb_populate_record(
    null::published.search_record,
    to_jsonb(profiled) || '{"valid_from_generation": 1, "valid_to_generation": 2147483647}'
)).*
from intermediate.int_person__profiled as profiled
"""
WEIGHED_AS_A_SEARCH = """
select count(*), count(*) filter (where abs(weighed.evidence - linked.bits) <= 0.0001)
from (
    select *, match_weight - child_weight - ln(prior / (1 - prior)) / ln(2.0) as bits
    from intermediate.int_person__scored
    cross join reference.match_model
    where given_name_level <> all(%s)
) as linked
inner join intermediate.int_person__profiled as one using (record_number)
inner join intermediate.int_person__profiled as other
    on linked.other_record_number = other.record_number
inner join published.search_record as asked on one.record_id = asked.record_id
left join lateral published.weigh_search(array[asked], array[other.record_id], 1) as weighed
    on true
where linked.bits > 0
"""


def test_who_searches_for_a_record_finds_the_other_at_the_weight_of_the_link(verdicts, database):
    """The same fields, all pairs; children are not searched for, and a search knows no prior."""
    database.execute(SEARCHED_FOR)
    pairs, same = database.execute(
        WEIGHED_AS_A_SEARCH, [list(linkage_sql.CHANGED_PLACES)]
    ).fetchone()
    assert (pairs, pairs > 300) == (same, True)


def test_every_record_that_was_joined_says_by_which_rule(verdicts, database):
    silent = database.execute(
        "select count(*) from (select match_rule, count(*) over (partition by person_id) as held"
        " from intermediate.int_person__identified) as each"
        " where (each.held > 1) = (each.match_rule = 'alone')"
    ).fetchone()
    assert silent == (0,)
