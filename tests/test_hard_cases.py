"""The hard cases of identity, decided by the real models on a real server.

What may not be joined is held to fixed bounds. What should be found is held to what was found when
last measured: a change may find more of a kind, never less. See docs/linkage.md.
"""

from collections import Counter

import pytest

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


def test_every_record_that_was_joined_says_by_which_rule(verdicts, database):
    silent = database.execute(
        "select count(*) from (select match_rule, count(*) over (partition by person_id) as held"
        " from intermediate.int_person__identified) as each"
        " where (each.held > 1) = (each.match_rule = 'alone')"
    ).fetchone()
    assert silent == (0,)
