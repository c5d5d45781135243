"""A search finds who fits, the best first; and says what was searched when it finds nobody."""

from contextlib import contextmanager
from math import log2

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import namedtuple_row
from typer.testing import CliRunner

from orchestration import database as launcher
from orchestration.cli import app
from orchestration.linkage import definition
from orchestration.linkage import sql as written
from orchestration.publishing import publish
from tests import invented_marts

# record of invented_marts, given names, family name, birth date, number, telephone, postcode, home
PEOPLE = [
    ("school10", "ADA MARY", "OKONKWO", "2014-03-02", None, None, "ZX1 1AA", "ZX1 1AA/7/"),
    ("school20", "ADA", "BAKER", "2014-09-12", "9990000018", None, "ZX1 1AB", "ZX1 1AB/1/"),
    ("housing11", "ROBERT", "OKONKWO", "1985-05-05", None, "01632960001", "ZX1 1AA", "ZX1 1AA/7/"),
    ("housing21", "BAKER", "ADAMS", None, None, None, "ZX1 1AB", "ZX1 1AB/1/"),
    ("school30", "ZOFIA", "NOWAK", "2015-01-01", None, None, None, None),
    ("police12", "MARGARET", "HALLORAN", "1984-04-04", None, None, None, None),
]
FILL = """
insert into marts.search_record (
    record_id, feed, given_name, given_words, given_forms, given_sound, given_letters,
    further_words, further_name, family_name, family_words, family_sound, family_letters,
    date_of_birth, birth_digits, nhs_number, telephone, postcodes, home_keys, spelling,
    tf_given_name, tf_family_name, tf_date_of_birth, tf_telephone, search_keys
)
select
    record_id, rtrim(record_id, '0123456789'), given, given_words, given,
    extensions.dmetaphone(given), resolution.letters(given), further, further, family, family,
    extensions.dmetaphone(family), resolution.letters(family), born, birth_digits, number,
    telephone, postcode, home, replace(given_words, '|', ' ') || ' ' || family, 0.01, 0.002,
    0.0001, 0.001, array(
        select search_key from resolution.search_keys(
            given_words, family, birth_digits, postcode, home, array[number, telephone]
        )
    )
from (
    select
        *, replace(given_words, '|', '') as given, nullif(split_part(given_words, '|', 2), '')
            as further, to_char(born, 'YYYYMMDD') as birth_digits
    from (
        select %s as record_id, replace(%s, ' ', '|') as given_words, %s as family,
            %s::date as born, %s as number, %s as telephone, %s as postcode, %s as home
    ) as stated
) as read
"""


# to whom school10 is linked, how, and what stewards say
LINKS = [
    ("housing11", "probable", None),
    ("police12", "probable", None),
    ("housing21", "probable", "steward_cannot_link"),
    ("school20", "refused", None),
]
# more records than are looked at of one key, about nobody: none of them can be shown
NAMESAKES = """
insert into published.search_record
select (jsonb_populate_record(search_record, jsonb_build_object(
    'record_id', 'a' || number, 'date_of_birth', null, 'birth_digits', null, 'search_keys', (
        select jsonb_agg(search_key)
        from resolution.search_keys('ZOFIA', 'NOWAK', null, null, null, null)
    )
))).*
from published.search_record
cross join generate_series(1, 1200) as number
where record_id = 'school30'
"""


@pytest.fixture(scope="module")
def world(database):
    """A published night of five records that can be searched."""
    invented_marts.build(database)
    for person in PEOPLE:
        database.execute(FILL, person)
    for other, decision, said in LINKS:
        database.execute(
            "insert into marts.link_explanation (record_id, other_record_id, person_id,"
            " other_person_id, machine_decision, machine_reason, stewards_say)"
            " values ('school10', %s, 10, right(%s, 2)::bigint, %s, 'undated', %s)",
            [other, other, decision, said],
        )
    database.execute("insert into reference.nickname values ('bob', 'robert')")
    database.execute("insert into reference.name_word values ('title', 'MRS')")
    database.execute(
        "update marts.feed_freshness set feed_label = initcap(feed),"
        " data_current_as_of = '2026-01-30 06:00'"
    )
    publish(invented_marts.start_run(database))
    return database


@contextmanager
def asking(role="reader_bi", need_level="s17"):
    with psycopg.connect("", autocommit=True, row_factory=namedtuple_row) as connection:
        connection.execute(f"set role {role}")
        connection.execute(f"set family_context.need_level = '{need_level}'")
        named = "{} => %({})s".format

        def ask(**of):
            said = sql.SQL(", ".join(named(name, name) for name in of))
            search = sql.SQL("select * from family_context.person_search({})").format(said)
            return connection.execute(search, of).fetchall()

        yield ask


@pytest.fixture
def ask(world):
    with asking() as asked:
        yield asked


def people(rows):
    return [row.person_id for row in rows]


# who fits


@pytest.mark.parametrize(
    "name", ["Ada Okonkwo", "Okonkwo, Ada", "okonkwo ada", "Mrs Ada Okonkwo", "Ada Mary Okonkwo"]
)
def test_a_name_finds_its_person_in_either_order(ask, name):
    rows = ask(name=name)
    assert rows[0].answer == "candidate"
    assert people(rows)[0] == 10


@pytest.mark.parametrize("name", ["Ada Okonkwa", "Aida Okonkwo", "Ada Oconkwo"])
def test_a_slip_and_a_name_that_sounds_alike_are_forgiven(ask, name):
    assert people(ask(name=name))[0] == 10


def test_what_no_key_finds_is_found_by_its_spelling(ask):
    rows = ask(name="Robert Okomkwo")
    assert people(rows)[0] == 11


def test_a_short_name_finds_the_full_one(ask):
    assert people(ask(name="Bob Okonkwo"))[0] == 11
    assert "short_form" in ask(name="Bob Okonkwo")[0].agreement


def test_more_that_agrees_comes_first(ask):
    assert set(people(ask(name="Okonkwo"))) == {10, 11}
    assert people(ask(name="Okonkwo", born="1985-05-05"))[0] == 11
    assert people(ask(name="Okonkwo", postcode="ZX1 1AA", born="2014"))[0] == 10


@pytest.mark.parametrize(
    "born", ["2014-03-02", "02/03/2014", "2014-03", "03/2014", "2014", "02/03"]
)
def test_what_is_known_of_a_birth_date_is_enough(ask, born):
    rows = ask(name="Ada Okonkwo", born=born)
    assert people(rows)[0] == 10
    assert "date of birth" in rows[0].agreement


def test_who_is_probably_the_same_person_is_named_with_why_it_is_not_sure(world):
    with asking() as ask_for_less, asking(need_level="s47") as ask_for_more:
        assert ask_for_less(name="Ada Okonkwo")[0].perhaps_also == "11 (undated)"
        # that there is a record of a feed that is not shared must not come out this way either
        assert ask_for_more(name="Ada Okonkwo")[0].perhaps_also == "11 (undated), 12 (undated)"


@pytest.mark.parametrize(("born", "level"), [("2015", "first_of_january"), ("2014", "different")])
def test_a_year_alone_agrees_with_that_year_and_with_no_other(ask, born, level):
    (row,) = [r for r in ask(name="Zofia Nowak", born=born) if r.person_id == 30]
    assert f"date of birth {level}" in row.agreement


@pytest.mark.parametrize("name", ["Zofia Nowak", "Nowak Zofia"])
def test_names_that_are_the_same_in_either_order_did_not_change_places(ask, name):
    levels = {(level.comparison, level.level): level for level in definition.load().levels}
    share = {"given_name": 0.01, "family_name": 0.002}
    bits = [log2(levels[name, "same"].m / share[name]) for name in share]
    (row,) = ask(name=name)
    assert row.strength == round(sum(bits) * 100)
    assert row.agreement == "given name same ({:.1f}), family name same ({:.1f})".format(*bits)


@pytest.mark.parametrize(
    ("what", "person"),
    [
        ({"number": "999 000 0018"}, 20),
        ({"contact": "01632 960001"}, 11),
        ({"postcode": "zx11aa", "house": "7"}, 10),
        ({"born": "1985-05-05"}, 11),
        ({"name": "Halloran"}, None),
    ],
)
def test_a_number_a_telephone_a_home_a_day_finds_who_has_it(ask, what, person):
    rows = ask(**what)
    assert (person in people(rows)) if person else rows[0].answer == "unknown"


def test_the_weight_is_that_of_the_model(ask):
    levels = {(level.comparison, level.level): level for level in definition.load().levels}
    (row,) = [r for r in ask(number="9990000018") if r.person_id == 20]
    assert row.strength == round(levels["nhs_number", "same"].weight * 100)
    assert row.agreement == f"nhs number same ({levels['nhs_number', 'same'].weight:.1f})"


def test_the_function_that_weighs_is_as_the_seeds_say():
    """After a change of the seeds: ./run linkage sql."""
    assert written.SEARCH.read_text(encoding="utf-8") == written.search(definition.load())


def test_of_a_name_that_many_bear_the_list_is_cut_and_what_else_is_known_still_finds(world):
    world.execute(NAMESAKES)
    with asking(need_level="s47") as ask:
        (nobody,) = ask(name="Zofia Nowak")
        (found,) = ask(name="Zofia Nowak", born="2015")
    world.execute("delete from published.search_record where record_id like 'a%'")
    assert (nobody.answer, nobody.is_cut) == ("unknown", "Yes")
    assert (found.person_id, found.is_cut) == (30, "Yes")


# what nobody may be found by


def test_wildcards_find_nobody_and_are_said_to_be_left_aside(ask):
    (row,) = ask(name="%")
    assert (row.answer, row.searched_for, row.ignored) == ("not_searched", None, "wildcards, name")
    (row,) = [r for r in ask(name="Ada Okonk%") if r.person_id == 10]
    assert row.ignored == "wildcards"
    assert all("OKONKWO" not in (r.family_name or "") for r in ask(name="____"))


def test_a_feed_that_is_not_shared_is_not_searched(world):
    with asking() as ask_for_less, asking(need_level="s47") as ask_for_more:
        (none,) = ask_for_less(name="Margaret Halloran")
        assert (none.answer, none.person_id) == ("unknown", None)
        assert "Police (not shared with you)" in none.feeds_not_searched
        assert "Police" not in none.feeds_searched
        assert people(ask_for_more(name="Margaret Halloran")) == [12]


def test_who_asks_is_who_was_let_in_and_not_the_function(world):
    with asking("steward") as ask:
        assert people(ask(name="Margaret Halloran")) == [12]
    with asking("reader_worker") as ask, pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(name="Margaret Halloran")
    with psycopg.connect("") as connection:
        connection.execute("set role reader_bi")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select from published.search_record")


def test_whom_nobody_may_find_any_more_is_found_in_no_earlier_generation(world):
    """Nor is it said that there is nobody."""
    world.execute("insert into published.generation values (2, now(), '2026-02-01', 1)")
    world.execute("insert into published.withheld_person values (10, 2)")
    with asking(need_level="s47") as ask:
        assert people(ask(name="Ada Okonkwo", postcode="ZX1 1AA")) == [11]
        (nobody,) = ask(name="Ada Mary", born="2014-03-02")
        assert nobody.answer == "unknown"
    world.execute("delete from published.withheld_person")
    world.execute("delete from published.generation where generation = 2")


def test_a_link_that_the_law_forbids_is_hinted_at_no_more(world):
    """From the moment it is entered, before anything is built or published."""
    with asking(need_level="s47") as ask:
        assert "11 (undated)" in ask(name="Ada Okonkwo")[0].perhaps_also
        world.execute(
            "insert into stewardship.link_override (instruction, ground, feed, source_person_id,"
            " other_feed, other_source_person_id, reason, evidence, decided_by, decider_role)"
            " values ('part', 'adoption', 'housing', 'S11', 'school', 'S10',"
            " 'an order of a court, under seal', 'order', 'J Doe', 'governance')"
        )
        assert "11" not in (ask(name="Ada Okonkwo")[0].perhaps_also or "")


# what is said when nobody is found


def test_none_found_is_said_only_where_every_feed_was_searched_and_fresh(world):
    with asking(need_level="s47") as ask:
        (row,) = ask(name="Qwertz Zxcvb", born="2011-01-02")
        assert (row.answer, row.searched_for) == ("none_found", "name, birth date")
        assert row.feeds_searched.count("2026-01-30") == 6
        assert row.generation == 1
    with asking() as ask:
        assert ask(name="Qwertz Zxcvb")[0].answer == "unknown"


@pytest.mark.parametrize("at_most", [0, -1])
def test_who_asks_for_nobody_is_not_told_that_there_is_nobody(world, at_most):
    with asking(need_level="s47") as ask:
        assert people(ask(name="Ada Okonkwo", at_most=at_most)) == [10]


@pytest.mark.parametrize(
    ("what", "ignored"),
    [
        ({"number": "12345"}, "number"),
        ({"born": "yesterday"}, "birth date"),
        ({"born": "2014"}, "year of birth alone"),
        ({"postcode": "nowhere"}, "postcode"),
        ({"contact": "?"}, "wildcards, contact"),
        ({"name": "Mrs"}, "name"),
        ({"house": "7"}, "house"),
        ({"number": "A999000000000"}, "number"),
        ({}, None),
    ],
)
def test_what_cannot_be_read_is_not_searched_for_and_that_is_said(ask, what, ignored):
    (row,) = ask(**what)
    assert (row.answer, row.searched_for, row.ignored) == ("not_searched", None, ignored)
    assert row.feeds_searched is None


def test_a_name_of_any_length_is_searched_for(ask):
    assert ask(name=f"{'Q' * 5000} {'Z' * 5000} " * 3)[0].answer == "unknown"


def test_a_part_that_cannot_be_read_does_not_spoil_the_rest(ask):
    rows = ask(name="Ada Okonkwo", born="spring", number="1")
    assert people(rows)[0] == 10
    assert (rows[0].searched_for, rows[0].ignored) == ("name", "birth date, number")


# what is written down of it


def audited(connection):
    return connection.execute(
        "select role, asked_for, need_level, generation, searched_for, ignored, answer,"
        " person_count, person_ids from audit.search order by search_number desc limit 1"
    ).fetchone()


def faults(connection):
    return connection.execute("select * from audit.search_fault order by 1").fetchall()


@contextmanager
def tampering():
    """Whoever may do anything to the audit; it is left as it was."""
    with psycopg.connect("") as connection:
        connection.execute("alter table audit.search disable trigger what_was_searched_is_kept")
        yield connection
        connection.rollback()


def test_of_a_search_is_written_down_who_asked_for_what_and_who_was_shown(world):
    with asking(need_level="s47") as ask:
        rows = ask(name="Ada Okonkwo", born="spring")
        shown = [row.person_id for row in rows]
        assert audited(world) == (
            "reader_bi", None, "s47", 1, "name", "birth date", "candidate", len(shown), shown,
        )  # fmt: skip
        ask(name="Qwertz Zxcvb")
        assert audited(world)[4:] == ("name", None, "none_found", 0, [])
        ask(born="2014")
        assert audited(world)[4:] == (None, "year of birth alone", "not_searched", 0, [])


def test_one_login_says_for_whom_it_asks(world):
    with psycopg.connect("", autocommit=True) as connection:
        connection.execute("set role steward")
        connection.execute("set family_context.asked_for = 'j.doe'")
        connection.execute("select * from family_context.person_search('Halloran')")
    assert audited(world)[:3] == ("steward", "j.doe", "s17")


def test_no_value_that_was_searched_for_is_written_down(world):
    given = {
        "name": "Qwertz Halloran", "born": "1984-04-04", "number": "9990000018",
        "postcode": "ZX1 1AA", "house": "7", "contact": "01632960001",
    }  # fmt: skip
    with asking() as ask:
        ask(**given)
    (row,) = world.execute(
        "select lower(search::text) from audit.search order by search_number desc limit 1"
    ).fetchone()
    for words in given.values():
        assert not any(word.lower() in row for word in words.split() if len(word) > 3)


def test_what_cannot_be_written_down_is_not_answered(world):
    with psycopg.connect("") as connection:
        connection.read_only = True
        connection.execute("set role reader_bi")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("select * from family_context.person_search('Ada Okonkwo')")
    with psycopg.connect("") as connection:
        connection.execute("revoke insert on audit.search from view_owner")
        connection.execute("set role reader_bi")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from family_context.person_search('Ada Okonkwo')")
        connection.rollback()
    assert faults(world) == []


@pytest.mark.parametrize(
    "role", ["reader_bi", "reader_worker", "steward", "information_governance", "publisher"]
)
def test_only_an_auditor_reads_the_audit(world, role):
    with psycopg.connect("", autocommit=True) as connection:
        connection.execute("set role auditor")
        assert audited(connection)
        assert faults(connection) == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("insert into audit.search select * from audit.search")
        connection.execute(f"set role {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            audited(connection)


@pytest.mark.parametrize(
    "tampers",
    ["delete from audit.search", "truncate audit.search", "update audit.search set answer = 'no'"],
)
def test_not_even_its_owner_changes_the_audit(world, tampers):
    with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
        world.execute(tampers)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("searched_at", "searched_at + interval '1 second'"), ("login", "'nobody'"),
        ("role", "'nobody'"), ("asked_for", "'nobody'"), ("need_level", "'s00'"),
        ("generation", "0"), ("searched_for", "'house'"), ("ignored", "'house'"),
        ("answer", "'unknown'"), ("person_count", "99"), ("person_ids", "'{99}'"),
        ("follows", "null"), ("digest", "repeat('0', 64)"), ("search_number", "99999"),
    ],
)  # fmt: skip
def test_a_row_of_the_audit_that_was_changed_is_found(world, column, value):
    with asking() as ask:
        ask(name="Ada Okonkwo")
        ask(name="Ada Okonkwo")
    (number,) = world.execute("select max(search_number) - 1 from audit.search").fetchone()
    update = sql.SQL("update audit.search set {} = {} where search_number = {}")
    with tampering() as connection:
        connection.execute(update.format(sql.Identifier(column), sql.SQL(value), number))
        assert number in {found for found, _ in faults(connection)}


def test_a_row_of_the_audit_that_is_missing_is_found(world):
    with asking() as ask:
        for _ in range(3):
            ask(name="Ada Okonkwo")
    (last,) = world.execute("select max(search_number) from audit.search").fetchone()
    with tampering() as connection:
        connection.execute("delete from audit.search where search_number >= %s", [last - 1])
        assert faults(connection) == [(last - 1, "missing"), (last, "missing")]


def test_a_search_that_is_rolled_back_leaves_a_gap_and_a_line_in_the_log(server, world):
    before = len(launcher.log_file().read_text())
    with psycopg.connect("") as connection:
        connection.execute("set log_min_messages = warning")  # as PostgreSQL is shipped
        connection.execute("set log_min_error_statement = error")
        connection.execute("set role reader_bi")
        connection.execute("select * from family_context.person_search('Ada Okonkwo')")
        connection.rollback()
    ((number, fault),) = faults(world)
    assert fault == "missing"
    said = launcher.log_file().read_text()[before:]
    assert f"search {number} by postgres: " in said
    assert "okonkwo" not in said.lower()


# the verb


def test_the_verb_prints_who_was_found_and_what_was_searched(world):
    found = CliRunner().invoke(app, ["search", "--name", "ada okonkwo", "--born", "2014"])
    assert found.exit_code == 0
    assert "name, year of birth" in found.output
    none = CliRunner().invoke(app, ["search", "--name", "Qwertz Zxcvb"])
    assert none.exit_code == 1
    assert "in what could be searched" in none.output
    assert "Police (not shared with you)" in " ".join(none.output.split())


def test_what_a_feed_writes_in_brackets_is_printed(world):
    named = "update published.person set given_name = %s where person_id = 10"
    world.execute(named, ["[red]Ada[/]"])
    found = CliRunner().invoke(app, ["search", "--name", "ada okonkwo", "--born", "2014"])
    world.execute(named, ["Given 10"])
    assert "[red]Ada[/]" in found.output
