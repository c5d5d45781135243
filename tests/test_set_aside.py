"""A row that breaks a rule is set aside: what becomes of the answer about whom it names.

Ruby's one row at school, by which alone the school knows her, her one row of early help, beside
others of children's social care, and her mother's tenancy break a rule for three nights and are
corrected in the next. In the last of the three the school calls her by a number never seen before.
"""

import csv
from datetime import date

import pytest

from expectations import contract
from orchestration import landing, publishing, runs
from seeds.synthetic import SCRIPTED_CHILD, generate

AS_OF = date(2026, 1, 31)
BROKEN_NIGHTS = (2, 3, 4)
RENUMBERED_NIGHT = 4
PUBLISHED_NIGHTS = (1, 2)
# feed, table, the column and the number by which it knows Ruby or the tenancy, and the column that
# is left empty
BROKEN = (
    ("school", "enrolment", "source_pupil_id", "P9000001", "entry_date"),
    (
        *("childrens_social_care", "early_help_episodes"),
        *("earl_person_id", SCRIPTED_CHILD[1], "earl_episode_start_date"),
    ),
    ("housing", "tenancy", "tenancy_ref", "T9000001", "start_date"),
)
MOTHER = ("housing", "H9000001")
ASKED = (
    *((*SCRIPTED_CHILD, service) for service in ("childrens_social_care", "early_help", "school")),
    (*MOTHER, "housing"),
)


@pytest.fixture(scope="module")
def answers(database, dbt, tmp_path_factory):
    """By night: what is said of Ruby, and of how many people the school sent a row set aside."""
    folder = tmp_path_factory.mktemp("council")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAMILY_CONTEXT_LANDING", str(folder / "landing"))
        assert dbt("seed", as_of_date=AS_OF).success
        yield [_after(night, folder, database, dbt) for night in (1, 2, 3, 4, 5)]


def _after(night, folder, database, dbt):
    generate(folder / "landing", as_of=AS_OF, night=night, truth=folder / "truth")
    for feed, *broken in BROKEN if night in BROKEN_NIGHTS else ():
        new_number = "P9000099" if feed == "school" and night == RENUMBERED_NIGHT else None
        _empty(max((folder / "landing" / feed).iterdir()), feed, *broken, new_number)
    feeds = contract.feeds() if night == 1 else [feed for feed, *_ in BROKEN]
    outcomes = [outcome for feed in feeds for outcome in landing.land(feed, AS_OF, 0)]
    assert {outcome.status for outcome in outcomes} == {"in_force"}
    is_published = night in PUBLISHED_NIGHTS
    chosen = () if is_published else ("--select", "+family_context", "+person_source_record")
    assert dbt("run", *chosen, as_of_date=AS_OF).success
    if is_published:
        with runs.begin(AS_OF) as run:
            publishing.publish(run.run_id)
    rows = database.execute(
        "select record.feed, source_person_id, service, involvement_status, status_reason"
        " from marts.family_context inner join marts.person_source_record as record"
        " on member_id = person_id where (record.feed, source_person_id) in ((%s, %s), (%s, %s))",
        (*SCRIPTED_CHILD, *MOTHER),
    ).fetchall()
    said = {row[:3]: list(row[3:]) for row in rows}
    others = database.execute(
        "select count(distinct member_id) from marts.family_context"
        " where status_reason = 'row_set_aside' and service = 'school'"
    ).fetchone()[0]
    return [said[asked] for asked in ASKED], others


def _empty(folder, feed, table, key, number, column, new_number):
    """Leave a column of the one row of that number empty, and send no manifest."""
    (folder / "manifest.json").unlink()
    path, agreed = folder / f"{table}.csv", contract.load(feed).table(table)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    names = [agreed.column_for(text).name for text in header]
    theirs = [row for row in rows if row[names.index(key)] == number]
    assert len(theirs) == 1
    theirs[0][names.index(column)] = ""
    theirs[0][names.index(key)] = new_number or number
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


FOUND = [["current", None], ["historic", None], ["current", None], ["current", None]]
SET_ASIDE = [["current", None], *3 * [["out_of_date", "row_set_aside"]]]


def test_what_a_row_set_aside_would_have_said_is_never_none_found(answers):
    first, broken, *_ = answers
    assert (first[0], broken[0]) == (FOUND, SET_ASIDE)


def test_that_a_row_was_set_aside_is_said_for_as_long_as_it_is(answers):
    """Although nothing of the record was published the night before."""
    assert answers[2][0] == SET_ASIDE


def test_of_a_record_never_known_it_is_said_of_whoever_has_its_names_and_birth_date(answers):
    assert answers[3][0] == SET_ASIDE


def test_a_row_that_is_corrected_is_found_again(answers):
    assert answers[4][0] == FOUND


def test_of_others_it_is_not_said(answers):
    """The defects of the invented council set aside rows of a few people in any case."""
    (_, before), (_, broken), *_ = answers
    assert broken == before + 1
