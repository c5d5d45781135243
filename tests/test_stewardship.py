"""What people decide about who is who: it is kept, obeyed, undone without a trace, and explained.

The deciding models run as they are, on little worlds written where they read; what they make is
published as a generation.
"""

from contextlib import contextmanager
from random import Random

import psycopg
import pytest
from typer.testing import CliRunner

from orchestration import stewardship
from orchestration.cli import app
from orchestration.stewardship import Decision, StewardshipError
from tests import invented_marts

WHY = Decision(
    "both were seen with their passports", "visit of 3 March", "J Doe", "data steward"
)  # fmt: skip
MODELS = (
    *("stg_stewardship__link_override", "stg_published__person_source_record"),
    *("stg_published__person_redirect", "stg_published__person_record_history"),
    *("int_link_override__judged", "int_person__held", "int_person__settled"),
    "int_person__identified",
    *("int_person__retired", "person_source_record", "person_redirect"),
    "int_service_involvement__judged",
)
PARENTS = """
create table intermediate.int_person__unioned (
    record_id varchar(64), feed text, source_person_id text, delivery_id bigint,
    source_table text, row_number bigint
);
create table intermediate.int_person__clustered (record_number bigint, cluster_number bigint);
create view intermediate.int_person__connected as
select record_id, record_number, cluster_number as component_number
from intermediate.int_person__clustered
inner join intermediate.int_person__unioned on record_number = resolution.record_number(record_id);
create table intermediate.int_person__linked (
    record_number bigint, other_record_number bigint, decision text, match_rule text,
    strength integer, is_unsteady boolean
);
-- all are worked out every night
create view intermediate.int_person__touched as
select resolution.record_number(record_id) as record_number
from intermediate.int_person__unioned;
create table intermediate.int_match_rule__hashed as select 1::bigint as rules_hash;
create table intermediate.int_person__vetoed (
    record_number bigint, other_record_number bigint, veto text
);
create table intermediate.int_person__doubted (
    record_number bigint, other_record_number bigint, is_withheld boolean
);
create table intermediate.int_service_involvement__unioned (
    record_id text, spell_id text, source_spell_id text, service text, role text, category text,
    is_ended boolean, started_on date, ended_on date, last_interaction_on date
);
create table intermediate.int_service_rule__dated as
select 'anti_social_behaviour' as service, 'current_historic' as status_notion,
    true as is_connected, null::date as window_starts_on, null::integer as lookback_years;
create table intermediate.int_service_list__dated as
select 'anti_social_behaviour' as service, 'shown_role' as list_name, 'perpetrator' as value,
    1 as value_order;
create table intermediate.int_service_parameter__dated (
    service text, parameter text, value integer
);
"""
# every record is in the case of its number; two of one person are one involvement in it
SPELLS = """
truncate intermediate.int_service_involvement__unioned;
insert into intermediate.int_service_involvement__unioned
    (record_id, spell_id, source_spell_id, service, role, is_ended)
select record_id, record_id, left(record_id, 3), 'anti_social_behaviour', 'perpetrator', false
from intermediate.int_person__unioned
"""
PEOPLE = """
drop table if exists marts.person;
create table marts.person as
select {columns} from published.person with no data;
insert into marts.person (person_id)
select distinct person_id from intermediate.int_person__identified
"""
RUNNER = CliRunner()


@contextmanager
def acting_as(role):
    with psycopg.connect("", autocommit=True) as connection:
        connection.execute(f"set role {role}")
        yield connection


def enter(connection, instruction="part", ground="evidence", reason=WHY.reason, **of):
    names = {"feed": "school", "one": "A", "other_feed": "housing", "other": "B", "until": None}
    return connection.execute(
        "insert into stewardship.link_override (instruction, ground, feed, source_person_id,"
        " other_feed, other_source_person_id, reason, evidence, decided_by, decider_role, until_on)"
        " values (%(instruction)s, %(ground)s, %(feed)s, %(one)s, %(other_feed)s, %(other)s,"
        " %(reason)s, 'seen', 'J Doe', 'steward', %(until)s) returning link_override_id",
        names | of | {"instruction": instruction, "ground": ground, "reason": reason},
    ).fetchone()[0]


# what is decided is kept


def test_a_decision_is_withdrawn_once_and_never_changed(database):
    with acting_as("steward") as steward:
        number = enter(steward)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            steward.execute("update stewardship.link_override set reason = repeat('x', 20)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            steward.execute("delete from stewardship.link_override")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            steward.execute("truncate stewardship.link_override")
        end = (
            "update stewardship.link_override set withdrawn_at = now(), withdrawn_by = 'J Doe',"
            " withdrawn_because = 'it was a cousin of that name' where link_override_id = %s"
        )
        steward.execute(end, [number])
        with pytest.raises(psycopg.errors.RaiseException, match="withdrawn"):
            steward.execute(end, [number])
    # nor by whoever owns the table
    number = enter(database)
    with pytest.raises(psycopg.errors.RaiseException, match="only ever withdrawn"):
        database.execute(
            "update stewardship.link_override set other_source_person_id = 'C'"
            " where link_override_id = %s",
            [number],
        )


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"reason": "x" * 19}, "reason_says_why"),
        ({"reason": "because     " + " " * 20}, "reason_says_why"),
        ({"instruction": "link", "ground": "adoption"}, "a_ban_parts_and_does_not_end"),
        ({"ground": "protection", "until": "2027-01-01"}, "a_ban_parts_and_does_not_end"),
        ({"other_feed": "school", "other": "A"}, "two_records_are_named"),
    ],
)
def test_a_decision_says_why_and_a_ban_does_not_lapse(database, wrong, constraint):
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        enter(database, **wrong)
    assert refused.value.diag.constraint_name == constraint


def test_a_ban_is_known_to_information_governance_only(database):
    with acting_as("information_governance") as governance:
        number = enter(governance, ground="adoption")
        assert number in numbers(governance)
    with acting_as("steward") as steward:
        assert number not in numbers(steward)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            enter(steward, ground="adoption")
    with acting_as("builder") as builder:  # obeys it, and reads nobody's words
        assert number in numbers(builder)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            builder.execute("select reason from stewardship.link_override")


@pytest.mark.parametrize("role", ["landing", "reader_bi", "reader_worker", "auditor"])
def test_nobody_else_reads_what_stewards_decide(database, role):
    with acting_as(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        numbers(other)


def numbers(connection):
    return {
        number
        for (number,) in connection.execute(
            "select link_override_id from stewardship.link_override"
        )
    }


# a hundred merges undone


class World:
    """Records in the clusters that the machine makes of them; nights that are published."""

    def __init__(self, connection, dbt):
        self.connection, self.dbt, self.generation = connection, dbt, 0
        connection.execute("truncate stewardship.link_override restart identity")
        connection.execute(PARENTS)
        self.clusters = {}  # record -> name of its cluster

    def night(self):
        """Build and publish; who each record is now."""
        run = self.connection.execute
        run("truncate intermediate.int_person__unioned, intermediate.int_person__clustered")
        run("truncate intermediate.int_person__linked")
        with self.connection.cursor() as cursor:
            cursor.executemany(
                "insert into intermediate.int_person__unioned values (%s, 'school', %s, 1, 't', 1)",
                [(record, record) for record in self.clusters],
            )
        members = {}
        for record, cluster in self.clusters.items():
            members.setdefault(cluster, []).append(record)
        for of_cluster in members.values():
            first = min(of_cluster)
            with self.connection.cursor() as cursor:
                cursor.executemany(
                    "insert into intermediate.int_person__clustered"
                    " values (resolution.record_number(%s), resolution.record_number(%s))",
                    [(record, first) for record in of_cluster],
                )
                cursor.executemany(
                    "insert into intermediate.int_person__linked"
                    " values (resolution.record_number(%s), resolution.record_number(%s),"
                    " 'confirmed', 'upn', 43)",
                    [(first, record) for record in of_cluster if record != first],
                )
        run(SPELLS)
        # what is written here by hand tells nobody that it changed
        run("delete from resolution.kept_model")
        assert self.dbt("run", "--select", *MODELS).success
        self.generation += 1
        with self.connection.transaction():
            (columns,) = run(
                "select array_to_string(mart_columns, ', ') from published.mart"
                " where mart = 'person'"
            ).fetchone()
            run(PEOPLE.format(columns=columns))
            run(
                "insert into published.generation (generation, as_of_date, run_id, published_at)"
                " values (%s, '2026-01-31', 1, timestamptz '2026-03-01 12:00' + %s * interval"
                " '1 day')",
                [self.generation, self.generation],
            )
            for mart in ("person", "person_source_record", "person_redirect"):
                run("select published.find_differences(%s)", [mart])
                run("select published.write_differences(%s, %s)", [mart, self.generation])
            run("update published.pointer set generation = %s", [self.generation])
        return dict(run("select record_id, person_id from marts.person_source_record").fetchall())

    def facts(self, records):
        """What is said of whom by the spell of each record, and why it may be left out."""
        told = self.connection.execute(
            "select spell_id, person_id, involvement_status, refusal"
            " from intermediate.int_service_involvement__judged"
        ).fetchall()
        return {spell: said for spell, *said in told if spell in records}

    def redirects(self):
        return dict(
            self.connection.execute(
                "select retired_person_id, person_id from marts.person_redirect"
            ).fetchall()
        )


class Case:
    """People who become one, grow meanwhile, and are parted again."""

    def __init__(self, random, number):
        self.by_steward = random.random() < 0.5
        self.people = [
            [f"{number:03d}-{random.randrange(10**6):06d}-{letter}{count}" for count in
             range(random.randint(1, 4))]
            for letter in "abc"[: random.randint(2, 3)]
        ]  # fmt: skip
        self.is_grown = random.random() < 0.5
        self.number = number

    def separate(self, world):
        for place, records in enumerate(self.people):
            for record in records:
                world.clusters[record] = f"{self.number} {place}"

    def merge(self, world, place):
        """The first person and the one in that place, by whoever it is."""
        if place >= len(self.people):
            return
        if self.by_steward:
            with acting_as("steward") as steward:
                one, other = self.people[0][-1], self.people[place][0]
                enter(steward, "link", one=one, other_feed="school", other=other)
        else:
            for record in self.people[place]:
                world.clusters[record] = f"{self.number} 0"

    def grow(self, world):
        if self.is_grown:
            self.people[-1].append(f"{self.number:03d}-new")
            world.clusters[self.people[-1][-1]] = world.clusters[self.people[-1][0]]


def test_a_merge_undone_restores_who_everybody_was_and_all_facts_in_a_hundred_cases(database, dbt):
    world = World(database, dbt)
    random = Random(7)
    cases = [Case(random, number) for number in range(100)]
    for case in cases:
        case.separate(world)
    before = world.night()
    facts = world.facts(before)
    overridden = set()
    for place in (1, 2):  # a merge, and for some another
        for case in cases:
            case.merge(world, place)
        merged = world.night()
        joined = [merged[case.people[0][-1]] for case in cases if case.by_steward]
        overridden |= set(joined)
    assert len(set(merged.values())) == 100
    assert world.facts(before) != facts
    retired = set(before.values()) - set(merged.values())
    assert world.redirects() == {
        before[record]: merged[record] for record in before if before[record] in retired
    }
    for case in cases:
        case.grow(world)
    world.clusters["newcomer"] = "newcomer"
    grown = world.night()
    assert len(set(grown.values())) == 101
    assert grown["newcomer"] not in before.values()
    database.execute(
        "update stewardship.link_override set withdrawn_at = now(), withdrawn_by = 'J Doe',"
        " withdrawn_because = 'it was a cousin of that name'"
    )
    for case in cases:
        case.separate(world)
    after = world.night()
    assert {record: after[record] for record in before} == before
    assert world.facts(before) == facts
    for case in cases:
        if case.is_grown:
            assert after[case.people[-1][-1]] == after[case.people[-1][0]]
    assert world.redirects() == {}
    assert world.night() == after  # and it stays so

    # what happened is told, and who was who on each day
    with acting_as("reader_bi") as reader:
        told = reader.execute(
            "select person_id, array_agg(event order by event_generation)"
            " from family_context.person_event where event in ('created', 'merged', 'restored')"
            " group by person_id"
        ).fetchall()
        assert dict(told) == {
            person: ["created", "merged", "restored"] if person in retired else ["created"]
            for person in {*before.values(), grown["newcomer"]}
        }
        by_word = reader.execute(
            "select distinct person_id from family_context.person_event where event = 'overridden'"
        ).fetchall()
        assert {person for (person,) in by_word} == overridden
        split = reader.execute(
            "select distinct other_person_id from family_context.person_event where event = 'split'"
        ).fetchall()
        assert {person for (person,) in split} == retired


# why


@pytest.fixture
def told(database):
    """A published night with records of two people, one pair explained, one waiting."""
    invented_marts.build(database)
    database.execute(
        "insert into marts.link_explanation values"
        " ('childrens_social_care10', 'school10', 10, 10, 'Yes', 'confirmed', 'upn', 43,"
        "  'pupil number, birth date', null, null),"
        " ('adult_social_care11', 'police12', 11, 12, 'No', 'refused', 'given_name_conflict', 53,"
        "  'NHS number', 'given_name_conflict', null),"
        " ('adult_social_care21', 'housing11', 21, 11, 'No', 'for_review', 'number_only', null,"
        "  'NHS number', null, null)"
    )
    database.execute(
        "insert into marts.link_review values ('adult_social_care21', 'housing11', 21, 11,"
        " 'number_only', 'NHS number', null, 4, 2)"
    )
    database.execute(
        "update marts.family_member set perhaps_member_ids = '12',"
        " perhaps_also = 'Given 12 (father; agree: home)' where member_id = 11"
    )
    database.execute(
        "insert into marts.family_explanation (family_explanation_id, child_id, child_ref,"
        " member_id, basis, ground, source_said, feed, source_table, row_number, is_shown, reason,"
        " family_rule) values"
        " ('a', 10, '10', 11, 'relationship', 'relationship', 'Mother', 'housing', 'member', 7,"
        "  'Yes', 'counts', 'parent'),"
        " ('b', 10, '10', 21, 'relationship', 'relationship', 'Aunt', 'school', 'contact', 8,"
        "  'No', 'too young for it', '')"
    )
    database.execute(
        "insert into marts.correction_report (correction_report_id, family_override_id, person_id,"
        " related_person_id, feed, source_table, row_number, source_said, worker_said,"
        " said_since_on, report_status) values ('a', 5, 10, 21, 'school', 'contact', 8, 'Aunt',"
        " 'no family', '2026-01-02', 'open')"
    )
    from orchestration.publishing import publish

    publish(invented_marts.start_run(database))
    yield database
    database.execute("delete from stewardship.link_override")
    database.execute("delete from stewardship.family_override")


def said(*words):
    answer = RUNNER.invoke(app, words)
    return answer.output if answer.exit_code == 0 else answer.exception


def test_why_two_records_are_one_person_is_one_command(told):
    answer = said("explain", "--pair", "school:S10", "childrens_social_care:S10")
    assert "are one person: 10" in answer
    assert "confirmed: upn (weight 0.4 bits)" in answer
    assert "agrees: pupil number, birth date" in answer
    assert (
        said("explain", "--pair", "childrens_social_care:S10", "school:S10").splitlines()[1:]
        == (answer.splitlines()[1:])
    )


def test_why_two_records_are_not_one_person_is_one_command(told):
    answer = said("explain", "--pair", "police:S12", "adult_social_care:S11")
    assert "are two people: 12, 11" in answer
    assert "against it: given_name_conflict" in answer
    never = said("explain", "--pair", "police:S12", "school:S20")
    assert "are two people" in never
    assert "no key brought the two together" in never


def test_too_little_contested_and_kept_apart_through_others_are_told_apart(told):
    told.execute(
        "insert into marts.link_explanation values"
        " ('housing11', 'police22', 11, 22, 'No', 'too_little', null, 310, 'home',"
        "  null, null),"
        " ('police22', 'school30', 22, 30, 'No', 'for_review', 'contested', 900, 'name',"
        "  null, null),"
        " ('housing11', 'police32', 11, 32, 'No', 'confirmed', null, 1900, 'name',"
        "  null, null),"
        " ('adult_social_care11', 'anti_social_behaviour32', 11, 32, 'No', 'not_compared', null,"
        "  null, null, 'date_of_birth_conflict', null)"
    )
    from orchestration.publishing import publish

    publish(invented_marts.start_run(told))
    little = said("explain", "--pair", "police:S22", "housing:S11")
    assert "the machine: too little (weight 3.1 bits)" in little
    contested = said("explain", "--pair", "police:S22", "school:S30")
    assert "for review: contested (weight 9.0 bits)" in contested
    apart = said("explain", "--pair", "housing:S11", "police:S32").splitlines()
    assert "are two people" in apart[0]
    assert apart[1] == "  the machine: confirmed (weight 19.0 bits)"
    assert apart[3:] == [
        "  Other records of the two people keep them apart:",
        "  adult_social_care:S11 and anti_social_behaviour:S32",
        "    the machine: not compared",
        "    against it: date_of_birth_conflict",
    ]
    assert "anti_social_behaviour:S32" in said("explain", "--person", "11")


def test_that_the_law_forbids_a_link_is_explained_to_information_governance_alone(told):
    enter(told, ground="adoption", one="S10", other_feed="childrens_social_care", other="S10")
    pair = ("explain", "--pair", "childrens_social_care:S10", "school:S10")
    assert "adoption" not in said(*pair) and "nothing is kept" in said(*pair)
    assert "Forbidden by law: adoption, decision" in said(*pair, "--ban")


def test_a_record_that_nobody_published_is_said_to_be_none(told):
    with pytest.raises(StewardshipError, match="No record school:nobody is published"):
        stewardship.explain_pair("school:nobody", "school:S10")
    with pytest.raises(StewardshipError, match="No person"):
        stewardship.explain_person(999)


def test_a_person_is_explained_with_whom_they_are_kept_apart_from(told):
    answer = said("explain", "--person", "11")
    assert "Person 11: 2 records." in answer
    assert "of person 12" in answer and "given_name_conflict" in answer
    assert "created" in answer


def test_the_queue_shows_what_waits_and_what_hangs_on_it(told):
    answer = said("steward", "queue")
    assert "adult_social_care:S21" in answer and "number_only" in answer
    assert "1 of 1 pairs" in answer


def test_a_steward_reads_both_sides_and_only_of_feeds_that_are_shared(told):
    review = "select given_name, other_given_name from family_context.link_review"
    with acting_as("steward") as steward:
        assert steward.execute(review).fetchall() == [("Given 21", "Given 11")]
        assert steward.execute(
            "select count(*) from family_context.link_explanation"
        ).fetchone() == (6,)  # each pair from both sides
        told.execute(
            "update published.sharing_agreement set is_shared = 'No'"
            " where role = 'steward' and service = 'housing'"
        )
        assert steward.execute(review).fetchall() == []
        assert steward.execute(
            "select count(*) from family_context.link_explanation"
        ).fetchone() == (4,)
        told.execute(
            "update published.sharing_agreement set is_shared = 'Yes' where role = 'steward'"
        )
    for role in ("reader_bi", "reader_worker"):
        with acting_as(role) as reader:
            for view in ("link_review", "link_explanation"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute(f"select from family_context.{view}")


def test_a_pair_that_is_banned_is_told_of_no_more_nor_in_the_past(told):
    tell = (
        "select (select count(*) from family_context.link_explanation),"
        " (select count(*) from family_context.link_review)"
    )
    with acting_as("steward") as steward:
        assert steward.execute(tell).fetchone() == (6, 1)
        names = {"feed": "housing", "one": "S11", "other_feed": "adult_social_care"}
        enter(told, ground="adoption", **names, other="S21")
        assert steward.execute(tell).fetchone() == (4, 0)


def test_that_two_were_one_is_told_no_more_once_the_law_forbids_it(told):
    # the tests before this one published nights of their own
    (latest,) = told.execute("select generation from published.pointer").fetchone()
    night = {"one": latest + 1, "two": latest + 2}
    told.execute(
        "insert into published.generation (generation, as_of_date, run_id, published_at)"
        " select number, as_of_date, run_id, published_at from published.generation"
        " cross join generate_series(%(one)s::bigint, %(two)s) as number"
        " where generation = %(one)s - 1",
        night,
    )
    told.execute("update published.pointer set generation = %(two)s", night)
    told.execute(
        "create temp table was as select * from published.person_source_record"
        " where record_id = 'housing11' and valid_to_generation > %(two)s",
        night,
    )
    told.execute(
        "update published.person_source_record set valid_from_generation = %(two)s"
        " where record_id = 'housing11' and valid_to_generation > %(two)s",
        night,
    )
    told.execute(
        "update was set person_id = 21, valid_from_generation = %(one)s,"
        " valid_to_generation = %(two)s",
        night,
    )
    told.execute("insert into published.person_source_record select * from was")
    told.execute(
        "insert into published.person_redirect (retired_person_id, person_id, reason,"
        " valid_from_generation, valid_to_generation) values (11, 21, 'merged', %(one)s, %(two)s)",
        night,
    )
    tell = (
        "select array_agg(person_id order by from_generation),"
        " (select string_agg(event, ', ' order by event) from family_context.person_event"
        "  where other_person_id in (11, 21) and event_generation >= %(one)s),"
        " (select count(*) from family_context.person_as_of('housing', 'S11', '2999-01-01'))"
        " from family_context.person_record_history"
        " where record_id = 'housing11' and from_generation >= %(one)s"
    )
    with acting_as("steward") as steward:
        assert steward.execute(tell, night).fetchone() == ([21, 11], "merged, split", 1)
        names = {"feed": "housing", "one": "S11", "other_feed": "adult_social_care"}
        enter(told, ground="adoption", **names, other="S21")
        assert steward.execute(tell, night).fetchone() == ([11], None, 1)


def test_a_decision_is_entered_and_withdrawn_by_a_verb(told):
    words = ["--reason", WHY.reason, "--evidence", "seen", "--by", "J Doe", "--role", "steward"]
    answer = said("steward", "link", "school:S10", "school:S20", *words, "--until", "2027-01-31")
    number = answer.split()[1]
    row = told.execute(
        "select instruction, source_person_id, other_source_person_id, until_on::text, entered_by"
        " = session_user from stewardship.link_override where link_override_id = %s",
        [number],
    ).fetchone()
    assert row == ("link", "S10", "S20", "2027-01-31", True)
    assert "no longer" in said(
        "steward", "withdraw", number, "--by", "J Doe", "--reason", WHY.reason
    )
    again = said("steward", "withdraw", number, "--by", "J Doe", "--reason", WHY.reason)
    assert str(again) == "There is no such decision in force."
    short = said("steward", "part", "school:S10", "school:S20", "--reason", "so", *words[2:])
    assert str(short) == "A reason takes at least 20 letters."
    nobody = said("steward", "part", "school:S10", "school:S99", *words)
    assert "No record school:S99 is published" in str(nobody)


def test_a_ban_is_entered_by_a_verb_and_the_steward_does_not_find_it(told):
    words = ["--reason", WHY.reason, "--evidence", "order", "--by", "J Doe", "--role", "governance"]
    answer = said("steward", "part", "school:S10", "school:S20", *words, "--ground", "adoption")
    number = answer.split()[1]
    ending = ["steward", "withdraw", number, "--by", "J Doe", "--reason", WHY.reason]
    assert str(said(*ending)) == "There is no such decision in force."
    assert "no longer" in said(*ending, "--ban")


def test_a_word_about_a_family_is_entered_and_withdrawn_by_a_verb(told):
    words = ["--reason", WHY.reason, "--evidence", "seen", "--by", "J Doe", "--role", "worker"]
    pair = ["school:S10", "housing:S11"]
    stored = (
        "select instruction, relationship_code, source_person_id, other_source_person_id"
        " from stewardship.family_override where family_override_id = %s"
    )
    entered = {}
    for verb, more, instruction, code in (
        ("not", [], "not_family", None),
        ("also", [], "also_family", "FAMMEMB"),
        ("relation", ["--relation", "stepfather"], "relationship", "STPFTH"),
    ):
        number = said("steward", "family", verb, *pair, *more, *words).split()[1]
        assert told.execute(stored, [number]).fetchone() == (instruction, code, "S10", "S11")
        entered[verb] = number
    # one series numbers words about families and about who is who
    link = said("steward", "link", "school:S10", "school:S20", *words).split()[1]
    assert len({*entered.values(), link}) == 4
    ending = ["steward", "withdraw", entered["not"], "--by", "J Doe", "--reason", WHY.reason]
    assert "no longer" in said(*ending)
    assert str(said(*ending)) == "There is no such decision in force."
    odd = said("steward", "family", "also", *pair, "--relation", "cousin of sorts", *words)
    assert str(odd) == "There is no such relation: see the seed relationship_code."
    short = said("steward", "family", "not", *pair, "--reason", "so", *words[2:])
    assert str(short) == "A reason takes at least 20 letters."


def test_a_word_about_a_family_is_kept_and_only_stewards_read_it(told):
    words = ["--reason", WHY.reason, "--evidence", "seen", "--by", "J Doe", "--role", "worker"]
    said("steward", "family", "not", "school:S10", "housing:S11", *words)
    with pytest.raises(psycopg.errors.RaiseException, match="only ever withdrawn"):
        told.execute("update stewardship.family_override set other_source_person_id = 'C'")
    for role in ("landing", "reader_bi", "reader_worker", "auditor"):
        with acting_as(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("select family_override_id from stewardship.family_override")
    with acting_as("builder") as builder, pytest.raises(psycopg.errors.InsufficientPrivilege):
        builder.execute("select reason from stewardship.family_override")


def test_why_somebody_is_family_or_is_not_is_one_command(told):
    answer = said("explain", "--member", "10", "11")
    assert "11 is in the family of 10: mother." in answer
    assert "perhaps the same person as: Given 12 (father; agree: home)" in answer
    assert "relationship: Mother (housing.member row 7) counts" in answer
    hidden = said("explain", "--member", "10", "21")
    assert "21 is not in the family of 10." in hidden
    assert "Aunt (school.contact row 8) does not count: too young for it" in hidden
    assert "No source that is shared with you" in said("explain", "--member", "10", "12")
    assert "No two people" in str(said("explain", "--member", "10", "999"))


def test_what_a_source_has_wrong_is_listed_for_whoever_keeps_it(told):
    answer = said("steward", "corrections")
    assert "school.contact row 8" in answer and "no family" in answer and "open" in answer


def test_who_a_record_was_on_a_day(told):
    asked = "select person_id from family_context.person_as_of('school', 'S10', %s)"
    with acting_as("reader_bi") as reader:
        assert reader.execute(asked, ["2999-01-01"]).fetchall() == [(10,)]
        assert reader.execute(asked, ["2001-01-01"]).fetchall() == []
        police = "select from family_context.person_as_of('police', 'S12', '2999-01-01')"
        assert reader.execute(police).rowcount == 0  # not shared at s17
