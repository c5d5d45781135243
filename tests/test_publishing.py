"""Publishing on a real server, without dbt: readers see one whole generation, or nothing."""

import threading
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from orchestration import publishing
from orchestration.publishing import Change, PublicationError, publish, rollback
from tests import invented_marts
from tests.benchmarks import publications

CANARY = "Zebedee Quartermain"


@pytest.fixture
def run(database):
    """The marts of the first night, not yet published, and the run that made them."""
    invented_marts.build(database)
    return invented_marts.start_run(database)


@contextmanager
def reading_as(role):
    """A session of somebody who has one role and no other."""
    with psycopg.connect("", autocommit=True) as connection:
        connection.execute(f"set role {role}")
        yield connection


def published(database, run):
    """The generation that holds what the marts hold, be it new or not."""
    publish(run)
    return pointer(database)


def night_of(connection):
    """The generations and marks in one statement that reads three views; one each, if unmixed."""
    return connection.execute(
        "select array_agg(distinct mark), array_agg(distinct generation), count(*) from ("
        " select bases as mark, generation from family_context.family_context"
        " union all select looked_for, generation from family_context.service_coverage"
        " union all select gender, generation from family_context.person) as mark"
    ).fetchone()


def pointer(connection):
    return connection.execute("select generation from published.pointer").fetchone()[0]


def everything(connection):
    """All that publishing may write, as one hash per table."""
    tables = connection.execute(
        "select schemaname, tablename from pg_tables"
        " where schemaname = 'published' or tablename like 'publication%' order by 1, 2"
    ).fetchall()
    return [(table, connection.execute(hash_of(*table)).fetchone()[0]) for table in tables]


def hash_of(*table):
    return sql.SQL(
        "select md5(string_agg(row::text, '' order by row::text)) from {} as row"
    ).format(sql.Identifier(*table))


# one generation at a time


def test_no_reader_ever_mixes_generations_while_a_hundred_are_published(database, run):
    invented_marts.play_night(database, "before")
    first = published(database, run)
    pinned, faults, seen = first, [], {"statement": 0, "transaction": 0, "pinned": 0}
    generations, finished = {}, threading.Event()

    def note(kind, answer, expected=None):
        marks, found, rows = answer
        seen[kind] += 1
        if len(marks) != 1 or len(found) != 1 or rows != 225 + 15 + 15:
            faults.append((kind, answer))
        elif generations.setdefault(found[0], marks[0]) != marks[0]:
            faults.append((kind, answer, "one generation, two answers"))
        elif expected not in (None, found[0]):
            faults.append((kind, answer, "not the generation expected"))
        return found[0]

    def read_statements():
        with reading_as("reader_bi") as connection:
            while not finished.is_set():
                note("statement", night_of(connection))

    def read_transactions():
        with reading_as("reader_bi") as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not finished.is_set():
                with connection.transaction():
                    expected = note("transaction", night_of(connection))
                    for _ in range(5):
                        note("transaction", night_of(connection), expected)

    def read_pinned():
        with reading_as("reader_bi") as connection:
            connection.execute("select family_context.as_of(%s)", [pinned])
            while not finished.is_set():
                note("pinned", night_of(connection), pinned)

    def guarded(reader):
        try:
            reader()
        except Exception as error:
            faults.append(repr(error))

    readers = [
        threading.Thread(target=guarded, args=[reader])
        for reader in (read_statements, read_transactions, read_pinned)
    ]
    for reader in readers:
        reader.start()
    try:
        for night in range(100):
            invented_marts.play_night(database, f"of {night}")
            assert publish(run).generation == first + night + 1
    finally:
        finished.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert min(seen.values()) >= 100
    assert len(generations) > 50


def test_a_pinned_session_sees_its_generation_until_it_says_now_or_is_reset(database, run):
    first = published(database, run)
    invented_marts.play_night(database, 2)
    second = published(database, run)
    with reading_as("reader_worker") as reader:
        service = "select distinct generation, bases from family_context.family_context"
        assert reader.execute(service).fetchall() == [(second, "night 2")]
        reader.execute("select family_context.as_of(%s)", [first])
        assert reader.execute(service).fetchall() == [(first, "night 1")]
        assert reader.execute("select family_context.as_of_now()").fetchone() == (second,)
        assert reader.execute(service).fetchall() == [(second, "night 2")]
        reader.execute("select family_context.as_of(%s)", [first])
        reader.execute("discard all")
        reader.execute("set role reader_worker")
        assert reader.execute(service).fetchall() == [(second, "night 2")]


@pytest.mark.parametrize("pin", ["999999", "0", "-1", "2147483648", "yesterday", " 1"])
def test_a_pin_that_names_no_generation_shows_nothing(database, run, pin):
    publish(run)
    with reading_as("reader_bi") as reader:
        reader.execute("select set_config('family_context.generation', %s, false)", [pin])
        assert night_of(reader)[2] == 0


def test_as_of_refuses_a_generation_that_there_never_was(database, run):
    publish(run)
    with reading_as("reader_bi") as reader, pytest.raises(psycopg.errors.RaiseException):
        reader.execute("select family_context.as_of(999999)")


# differences


def test_identical_marts_publish_nothing(database, run):
    publish(run)
    before = everything(database)
    again = publish(run)
    assert (again.generation, again.changes) == (None, {})
    assert everything(database) == before


def test_only_the_differences_are_written(database, run):
    publish(run)
    database.execute("update marts.person set given_name = 'Other' where person_id = 10")
    database.execute("delete from marts.person_relationship where person_id = 20")
    database.execute(
        "insert into marts.household (household_id, household_type) values (99, 'communal')"
    )
    publication = publish(run)
    assert {mart: tuple(c) for mart, c in publication.changes.items() if any(c)} == {
        "person": Change(0, 1, 0),
        "person_relationship": Change(0, 0, 1),
        "household": Change(1, 0, 0),
    }
    generation = publication.generation
    assert database.execute(
        "select valid_from_generation = %s, given_name from published.person"
        " where person_id = 10 and valid_to_generation > %s - 1 order by valid_from_generation",
        [generation, generation],
    ).fetchall() == [(False, "Given 10"), (True, "Other")]


def test_an_empty_value_that_becomes_filled_is_a_difference(database, run):
    publish(run)
    database.execute("update marts.person set date_of_death = '2026-01-01' where person_id = 11")
    assert publish(run).changes["person"] == Change(0, 1, 0)
    database.execute("update marts.person set date_of_death = null where person_id = 11")
    assert publish(run).changes["person"] == Change(0, 1, 0)


def test_a_new_day_is_a_new_generation_even_if_no_row_differs(database, run):
    first = published(database, run)
    tomorrow = invented_marts.start_run(database, "2026-03-31")
    publication = publish(tomorrow)
    assert publication.generation == first + 1
    assert sum(map(sum, publication.changes.values())) == 0
    age = (
        "select distinct member_age_in_years from family_context.family_context"
        " where relation = 'self'"
    )
    with reading_as("reader_bi") as reader:  # the children were born on 31 March 2015
        assert reader.execute(age).fetchall() == [(11,)]
        reader.execute("select family_context.as_of(%s)", [first])
        assert reader.execute(age).fetchall() == [(10,)]


def test_after_a_rollback_the_next_publication_is_right(database, run):
    first = published(database, run)
    invented_marts.play_night(database, 2)
    second = published(database, run)
    assert rollback() == first
    with reading_as("reader_bi") as reader:
        assert night_of(reader)[:2] == (["night 1"], [first])
    database.execute("update marts.family_context set bases = 'night 3' where child_id = 10")
    invented_marts.play_night(database, 3)
    third = publish(run).generation
    assert third == second + 1
    with reading_as("reader_bi") as reader:
        assert night_of(reader) == (["night 3"], [third], 255)
        for generation, night in ((first, "night 1"), (second, "night 2")):
            reader.execute("select family_context.as_of(%s)", [generation])
            assert night_of(reader) == ([night], [generation], 255)
    assert rollback(to=second) == second
    actions = database.execute("select action, generation from ledger.publication").fetchall()
    assert actions[-4:] == [
        ("publish", second),
        ("rollback", first),
        ("publish", third),
        ("rollback", second),
    ]


def test_publishing_what_was_rolled_back_shows_it_again(database, run):
    invented_marts.play_night(database, "taken back")
    generation = publish(run).generation
    rollback()
    again = publish(run)
    assert (again.generation, again.changes) == (generation, {})
    assert pointer(database) == generation


def test_there_is_no_going_back_to_a_generation_that_never_was(database, run):
    publish(run)
    before = everything(database)
    with pytest.raises(PublicationError, match="There is no generation 999999"):
        rollback(to=999999)
    assert everything(database) == before


def test_two_publications_at_once_become_one(database, run):
    invented_marts.play_night(database, "of two")
    found = []
    threads = [threading.Thread(target=lambda: found.append(publish(run))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(publication.generation is None for publication in found) == [False, True]


def test_a_publication_that_fails_halfway_leaves_everything_as_it_was(database, run):
    publish(run)
    invented_marts.play_night(database, 2)
    before = everything(database)
    # only the writing can tell: no rule of the gate asks for need levels
    database.execute(
        "update marts.sharing_agreement set need_level = 's99' where role = 'reader_of_long_ago'"
    )
    with pytest.raises(PublicationError, match="the_generation_can_be_written"):
        publish(run)
    assert everything(database) == before


def test_what_another_run_does_meanwhile_is_not_published(database, run, monkeypatch):
    publish(run)
    invented_marts.play_night(database, "of this run")
    judge = publishing._breaches

    def meddle_and_judge(connection):
        yield from judge(connection)
        database.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            database.execute("drop table marts.person")
        database.execute("reset lock_timeout")
        invented_marts.play_night(database, "of another")

    monkeypatch.setattr(publishing, "_breaches", meddle_and_judge)
    generation = publish(run).generation
    with reading_as("reader_bi") as reader:
        assert night_of(reader) == (["night of this run"], [generation], 255)


def test_publishing_is_done_with_the_rights_of_its_role_only(database, run):
    publish(run)
    before = everything(database)
    database.execute("revoke select on marts.person from publisher")
    with pytest.raises(PublicationError, match="SQLSTATE 42501"):
        publish(run)
    assert everything(database) == before


# what a mart told of is compared, and nothing else of it


def rename_untold(database, person_id, given_name):
    """Change the mart behind its back."""
    database.execute("alter table marts.person disable trigger user")
    database.execute(
        "update marts.person set given_name = %s where person_id = %s", [given_name, person_id]
    )
    database.execute("alter table marts.person enable trigger user")


@pytest.fixture
def telling(database, run):
    """The same marts, published, of which most tell of their changes, and the run."""
    for mart in publications.TELLING:
        publications.tell(database, mart)
    publish(run)
    return run


def test_of_a_mart_that_tells_only_what_it_told_of_is_compared(database, telling):
    rename_untold(database, 10, "A")
    database.execute("update marts.person set given_name = 'B' where person_id = 20")
    assert publish(telling).changes["person"] == Change(0, 1, 0)
    assert publications.differing(database) == {"person": 2}
    # and what was told once is not compared for ever
    rename_untold(database, 20, "C")
    assert publish(telling).generation is None
    assert publications.differing(database) == {"person": 4}


UNKNOWN = {
    "the publication is not known": "delete from resolution.last_publication",
    "it is of another generation": "update resolution.last_publication set generation = 1",
    "the mart was emptied": "create temp table copy as table marts.person; truncate marts.person;"
    " insert into marts.person table copy; drop table copy",
    "the mart tells no deletion": "drop trigger note_delete on marts.person",
    "the mart tells no update": "alter table marts.person disable trigger note_update",
    "the mart may tell no key": "alter table marts.person alter person_id drop not null",
    "the mart tells another column": "drop trigger note_insert on marts.person; create trigger"
    " note_insert after insert on marts.person referencing new table as after_rows"
    " for each statement execute function resolution.note_change('sex')",
}


@pytest.mark.parametrize("unknown", UNKNOWN.values(), ids=UNKNOWN)
def test_where_it_is_not_known_what_changed_all_is_compared(database, telling, unknown):
    database.execute("update marts.person set given_name = 'B' where person_id = 20")
    publish(telling)
    rename_untold(database, 10, "A")
    database.execute(unknown)
    assert publish(telling).changes["person"] == Change(0, 1, 0)
    assert publications.differing(database) == {}


@pytest.mark.parametrize("tells", [True, False])
def test_a_mart_made_anew_is_compared_whole(database, telling, tells):
    rename_untold(database, 10, "A")
    publications.make_anew(database, "person")
    if tells:
        publications.tell(database, "person")
    assert publish(telling).changes["person"] == Change(0, 1, 0)
    # the next is not, if it tells
    rename_untold(database, 10, "B")
    assert (publish(telling).generation is None) == tells


def test_a_change_that_began_before_a_publication_is_of_the_next(database, telling):
    with psycopg.connect("") as other:
        other.execute("update marts.person set given_name = 'early' where person_id = 10")
        database.execute("update marts.person set given_name = 'late' where person_id = 20")
        assert publish(telling).changes["person"] == Change(0, 1, 0)
        other.commit()
    # its number is smaller than the last that was seen
    publications.prune(database)
    assert publish(telling).changes["person"] == Change(0, 1, 0)
    assert publications.differing(database) == {}


def test_in_a_copy_of_the_database_transactions_begin_anew(database, telling):
    database.execute("update resolution.last_publication set seen = '9000000000:9000000000:'")
    database.execute("update marts.person set given_name = 'A' where person_id = 10")
    assert publish(telling).changes["person"] == Change(0, 1, 0)


def test_what_is_told_is_kept_until_it_is_published(database, telling):
    change = "update marts.person set given_name = given_name || 'A' where person_id = 10"
    database.execute(change)
    publications.prune(database)
    publish(telling)
    assert publications.differing(database) == {}
    database.execute(change)
    publish(telling)
    publications.prune(database)
    assert database.execute("select count(*) from resolution.change").fetchone() == (0,)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_what_is_published_is_what_the_marts_hold(database, seed):
    publications.World(database, seed).happen(120)


# the gate

RULES = {
    "run_is_the_newest": "insert into ledger.run (as_of_date) values ('2026-01-31')",
    "marts_have_the_published_columns": "alter table marts.person alter sex type varchar(21)",
    "marts_have_the_published_columns ": "alter table marts.police_detail drop column force",
    "marts_have_the_published_columns  ": "alter table marts.household add column spare text",
    "marts_have_the_published_columns   ": "drop table marts.person_redirect",
    "marts_have_the_published_columns    ": "drop table marts.sharing_agreement",
    "every_key_is_filled_and_unique": "insert into marts.person select * from marts.person limit 1",
    "every_key_is_filled_and_unique ": "update marts.service_involvement set spell_id = null",
    "every_date_is_plausible": "update marts.person set date_of_birth = '1900-01-01'",
    "every_date_is_plausible ": "update marts.household_member set ended_on = 'infinity'",
    "no_row_is_an_orphan": "update marts.family_member set member_id = 777 where member_id = 11",
    "no_row_is_an_orphan ": "update marts.service_involvement set record_id = 'nobody'",
    "no_row_is_an_orphan  ": "update marts.person_attribute set record_id = 'nobody'",
    "every_member_has_every_service_once": "delete from marts.family_context where child_id = 10"
    " and member_id = 11 and service = 'gp'",
    "every_member_has_every_service_once ": "update marts.family_context set member_id = 11"
    " where member_id = 21",
    "every_member_has_every_service_once  ": "insert into marts.family_member (family_member_id,"
    " child_id, member_id) values ('twice', 10, 11)",
    "every_service_is_answered_for": "insert into reference.service values ('fire')",
    "every_service_is_answered_for ": "delete from reference.service where service = 'gp'",
    "every_record_is_one_person": "insert into intermediate.int_person__unioned values ('lost')",
    "every_record_is_one_person ": "delete from intermediate.int_person__unioned"
    " where record_id = 'school10'",
    "every_record_is_one_person  ": "drop table intermediate.int_person__unioned",
    "nobody_kept_apart_is_one_person": "insert into stewardship.link_override (instruction, feed,"
    " source_person_id, other_feed, other_source_person_id, reason, evidence, decided_by,"
    " decider_role, decided_at) values ('part', 'childrens_social_care', 'S10', 'school', 'S10',"
    " 'they are two and were both seen', 'seen', 'J Doe', 'steward', '2020-01-01')",
    "nobody_called_no_family_is_shown_unsaid": "insert into stewardship.family_override"
    " (instruction, feed, source_person_id, other_feed, other_source_person_id, reason, evidence,"
    " decided_by, decider_role, decided_at) values ('not_family', 'school', 'S10', 'housing',"
    " 'S11', 'they are two of one name', 'seen', 'J Doe', 'social worker', '2020-01-01')",
    "every_row_came_into_force": "update ledger.delivery set status = 'refused', refusal = 'late'"
    " where feed = 'school'",
    "every_feed_in_force_has_records": "delete from marts.person_source_record"
    " where feed = 'police'",
    "marts_are_built_from_the_deliveries_in_force": "update marts.feed_freshness"
    " set delivery_id = null where feed = 'police'",
}


@pytest.mark.parametrize(("rule", "damage"), RULES.items(), ids=[*map(str.strip, RULES)])
def test_the_gate_names_the_broken_rule_and_changes_nothing(database, run, rule, damage):
    publish(run)
    invented_marts.play_night(database, 2)
    database.execute("update marts.person set given_name = %s, family_name = %s", [CANARY] * 2)
    before = everything(database)
    deliveries = database.execute("select delivery_id, status from ledger.delivery").fetchall()
    database.execute(damage)
    try:
        with pytest.raises(PublicationError) as refusal:
            publish(run)
        assert rule.strip() in {breach.rule for breach in refusal.value.breaches}
        assert all(breach.count > 0 for breach in refusal.value.breaches)
        assert CANARY not in str(refusal.value)
        assert refusal.value.__cause__ is None
        assert everything(database) == before
    finally:
        database.execute("delete from stewardship.link_override")
        database.execute("delete from stewardship.family_override")
        with database.cursor() as cursor:
            cursor.executemany(
                "update ledger.delivery set status = %s, refusal = null where delivery_id = %s",
                [(status, delivery_id) for delivery_id, status in deliveries],
            )


def test_marts_that_a_crash_emptied_are_not_published(database, run, manifest):
    """They are unlogged, and so is what is known of those that are kept from night to night."""
    publish(run)
    before = everything(database)
    emptied = [
        f"marts.{node['name']}"
        for node in manifest["nodes"].values()
        if node["schema"] == "marts"
        and node["config"].get("unlogged")
        and database.execute("select to_regclass(%s)", [f"marts.{node['name']}"]).fetchone()[0]
    ]
    assert "marts.family_context" in emptied
    database.execute("truncate " + ", ".join(emptied))
    with pytest.raises(PublicationError, match="marts_are_built_from_the_deliveries_in_force"):
        publish(run)
    assert everything(database) == before


def test_every_rule_of_the_gate_has_been_seen_to_fail():
    tried = {rule.strip() for rule in RULES} | {"published_relations_are_as_migrated"}
    assert {path.stem for path in publishing.INVARIANTS.glob("*.sql")} == tried


def test_a_key_is_counted_unless_the_mart_guarantees_that_very_key(database, run):
    database.execute(
        "alter table marts.family_context add primary key (service, child_id, member_id)"
    )
    database.execute("alter table marts.person add primary key (person_id, family_name)")
    publish(run)
    database.execute(
        "insert into marts.person (person_id, family_name) values (10, 'another name')"
    )
    with pytest.raises(PublicationError, match=r"every_key_is_filled_and_unique: person \(1\)"):
        publish(run)


TAMPERING = [
    "grant select on published.person to reader_bi",
    "grant select on published.person to public",
    "grant select (given_name) on published.person to reader_worker",
    "grant usage on schema published to reader_bi",
    "grant create on schema family_context to reader_bi",
    "grant select on family_context.person to reader_worker",
    "grant delete on published.family_context to publisher",
    "grant execute on function published.publish(bigint, date) to reader_bi",
    "revoke select on family_context.family_context from reader_bi",
    "alter view family_context.family_context_v1 set (security_barrier = false)",
    "alter view family_context.family_context_v1 reset (security_barrier)",
    "alter view family_context.person_v1 set (security_invoker = true)",
    "alter view family_context.police_detail owner to current_user",
    "create or replace view family_context.household with (security_barrier = true)"
    " as select * from family_context.household_v1 where true",
    "drop view family_context.household",
    "create view family_context.extra as select 1 as one",
    "create table published.extra (one integer)",
    "alter table published.person enable row level security",
    "create policy anybody on published.person using (true)",
    "alter table published.person drop constraint person_dates_are_plausible",
    "alter table published.person drop constraint person_pkey",
    "alter table published.household add column spare integer",
    "create rule nothing as on delete to published.person do instead nothing",
    "create or replace function family_context.as_of(wanted integer) returns integer"
    " language sql as 'select 1'",
]


@pytest.mark.parametrize("tampering", TAMPERING)
def test_what_was_changed_by_hand_blocks_publication(database, tampering):
    rule = (publishing.INVARIANTS / "published_relations_are_as_migrated.sql").read_text()
    with database.transaction(force_rollback=True):
        assert database.execute(rule).fetchall() == []
        database.execute(tampering)
        assert database.execute(rule).fetchall() != []


def test_an_error_of_the_server_is_passed_on_without_the_row_it_repeats(database, run):
    database.execute("alter table reference.nickname alter column nickname type text")
    database.execute("insert into reference.nickname values (%s, 'robert')", [CANARY * 6])
    with pytest.raises(PublicationError) as refusal:
        publish(run)
    assert "SQLSTATE 22001" in str(refusal.value)
    assert CANARY not in str(refusal.value)


# who sees what


def shared_services(role, need_level):
    level = need_level if need_level == "s47" else "s17"
    return next(services for r, n, services in invented_marts.AGREED if (r, n) == (role, level))


@pytest.mark.parametrize("role", ["reader_bi", "reader_worker"])
@pytest.mark.parametrize("need_level", [None, "", "s17", "s47", "S47", "s99"])
def test_each_role_sees_at_each_need_level_what_was_agreed_and_no_more(
    database, run, role, need_level
):
    publish(run)
    shared = shared_services(role, need_level)
    facts = sql.SQL(
        "select child_id, member_id, service, involvement_status, status_reason, started_on,"
        " last_interaction_on, provider_name, contact_name, contact_role, contact_phone,"
        " contact_email, spell_id, spell_count from {}"
    )
    of_marts = facts.format(sql.Identifier("marts", "family_context"))
    truth = {row[:3]: row[3:] for row in database.execute(of_marts)}
    with reading_as(role) as reader:
        if need_level is not None:
            reader.execute(
                "select set_config('family_context.need_level', %s, false)", [need_level]
            )
        of_view = facts.format(sql.Identifier("family_context", "family_context"))
        answer = reader.execute(of_view).fetchall()
        assert len(answer) == len(truth) == 225
        for child, member, service, status, *found in answer:
            true_status, *true_facts = truth[child, member, service]
            if service in shared or true_status in ("not_connected", "not_in_scope"):
                assert (status, found) == (true_status, true_facts)
            else:
                assert (status, set(found)) == ("not_shared", {None})
        for service in invented_marts.FED:
            if service != "early_help":
                view = sql.Identifier("family_context", f"{service}_detail")
                rows = reader.execute(sql.SQL("select from {}").format(view)).rowcount
                assert (service, rows) == (service, 5 if service in shared else 0)
        if role == "reader_bi":
            spells = reader.execute(
                "select distinct service from family_context.service_involvement"
            ).fetchall()
            assert {service for (service,) in spells} == set(shared) - {"early_help"}
            for view in ("person_source_record", "person_attribute"):
                query = sql.SQL("select distinct feed from family_context.{}")
                feeds = reader.execute(query.format(sql.Identifier(view)))
                # early_help comes in the same feed: its records may tell of either service
                assert {feed for (feed,) in feeds.fetchall()} == {
                    feed
                    for _, feed in invented_marts.SERVICES
                    if feed and all(s in shared for s, f in invented_marts.SERVICES if f == feed)
                }


@pytest.mark.parametrize(
    ("role", "need_level", "shown"),
    [
        ("reader_worker", "s17", "school or council_tax"),
        ("reader_bi", "s17", "school or council_tax, housing"),
        ("reader_bi", "s47", "police, school or police or council_tax, housing"),
    ],
)
def test_that_a_service_knows_a_home_is_shared_as_its_records_are(
    database, run, role, need_level, shown
):
    """What no service speaks for is told to all."""
    sources = "police, school or police or council_tax, housing"
    database.execute(
        "update marts.family_context set home_sources = %s where child_id = 10", [sources]
    )
    database.execute("update marts.person_address set sources = %s", [sources])
    database.execute("update marts.household_member set sources = %s", [sources])
    database.execute("update marts.person_relationship set feed = 'police' where person_id = 10")
    publish(run)
    with reading_as(role) as reader:
        reader.execute("select set_config('family_context.need_level', %s, false)", [need_level])
        told = "select distinct home_sources from family_context.family_context where child_id = 10"
        assert reader.execute(told).fetchall() == [(shown,)]
        if role == "reader_bi":
            for view in ("person_address", "household_member"):
                told = sql.SQL("select distinct sources from family_context.{}")
                assert reader.execute(told.format(sql.Identifier(view))).fetchall() == [(shown,)]
            ties = "select from family_context.person_relationship where person_id = 10"
            assert reader.execute(ties).rowcount == (need_level == "s47")


def test_discard_all_brings_the_need_level_back_to_the_lesser(database, run):
    publish(run)
    police = (
        "select distinct involvement_status from family_context.family_context"
        " where service = 'police' order by 1"
    )
    with reading_as("reader_bi") as reader:
        reader.execute("set family_context.need_level = 's47'")
        assert reader.execute(police).fetchall() == [("current",), ("none_found",)]
        reader.execute("discard all")
        reader.execute("set role reader_bi")
        assert reader.execute(police).fetchall() == [("not_shared",)]


def test_an_agreement_withdrawn_hides_the_past_as_well(database, run):
    first = published(database, run)
    school = (
        "select distinct involvement_status from family_context.family_context"
        " where service = 'school' and relation = 'self'"
    )
    with reading_as("reader_bi") as reader:
        reader.execute("select family_context.as_of(%s)", [first])
        assert reader.execute(school).fetchall() == [("current",)]
        database.execute("delete from marts.sharing_agreement where service = 'school'")
        assert publish(run).changes["sharing_agreement"] == Change(0, 0, 9)
        assert reader.execute(school).fetchall() == [("not_shared",)]


@pytest.mark.parametrize("goes_back", ["as_of", "rollback"])
def test_whose_home_nobody_may_know_any_more_is_withheld_in_the_past_as_well(
    database, run, goes_back
):
    """A record of the father turns out to be the mother's: two identifiers lead to her."""
    database.execute(
        "update marts.family_context set home_status = 'current',"
        " home_address = 'Home of 10', home_sources = 'housing', home_area = 'outside'"
        " where child_id = 10"
    )
    first = published(database, run)
    homes = (
        "select member_id, home_status, home_address, home_area"
        " from family_context.family_context"
        " where child_id = 10 and service = 'gp' order by member_id"
    )
    known = [(number, "current", "Home of 10", "outside") for number in (10, 11, 12)]
    others = [
        "select from family_context.person_address where person_id = 11",
        "select from family_context.household_member where person_id = 11",
        "select from family_context.person_attribute where person_id = 11",
    ]
    with reading_as("reader_bi") as reader:
        assert reader.execute(homes).fetchall() == known
        assert [reader.execute(query).rowcount for query in others] == [1, 1, 1]
    database.execute(
        "update marts.person_source_record set person_id = 11 where record_id = 'police12'"
    )
    database.execute("insert into marts.withheld_person values (11)")
    database.execute("delete from marts.person_address where person_id = 11")
    publish(run)
    with reading_as("reader_bi") as reader:
        if goes_back == "as_of":
            reader.execute("select family_context.as_of(%s)", [first])
        else:
            rollback(to=first)
        withheld = [(number, "withheld", None, "not_known") for number in (11, 12)]
        assert reader.execute(homes).fetchall() == [known[0], *withheld]
        assert [reader.execute(query).rowcount for query in others] == [0, 0, 0]


@pytest.fixture
def leak(database, run):
    """A function that tells what it is asked about, and looks cheap to the planner."""
    publish(run)
    with database.transaction(force_rollback=True):
        database.execute("grant usage on schema extensions to reader_bi")
        database.execute(
            "create function extensions.leak(value text) returns boolean language plpgsql"
            " cost 0.0000001 as $$ begin raise notice '%', value; return true; end $$"
        )
        database.execute("grant execute on function extensions.leak(text) to reader_bi")
        told = []
        database.add_notice_handler(lambda notice: told.append(notice.message_primary))

        def ask(view, column):
            database.execute("set local role reader_bi")
            database.execute(f"select from family_context.{view} where extensions.leak({column})")
            database.execute("reset role")
            return {value for value in told if value}

        yield ask


def test_a_cheap_function_is_told_only_what_its_reader_may_see(database, leak):
    seen = {"Provider in school", "Provider in housing", "Provider in childrens_social_care"}
    assert leak("service_involvement_v1", "provider_name") == seen
    assert leak("service_involvement", "provider_name") == seen
    assert leak("family_context_v1", "provider_name") - {"<NULL>"} == seen
    # and the probe works: without its barrier the view gives the others away
    database.execute(
        "alter view family_context.service_involvement_v1 set (security_barrier = false)"
    )
    assert "Provider in police" in leak("service_involvement_v1", "provider_name")


# who reaches what

EVERY_VIEW = {
    *("person", "person_source_record", "person_redirect", "person_relationship", "household"),
    *(
        "household_member",
        "person_address",
        "family_member",
        "family_context",
        "service_involvement",
        "generation",
    ),
    *("service_coverage", "feed_freshness", "school_detail", "housing_detail", "police_detail"),
    "skipped_block",
    *("adult_social_care_detail", "childrens_social_care_detail", "anti_social_behaviour_detail"),
    *("data_dictionary", "keys", "person_event", "person_record_history"),
    *("link_explanation", "link_review", "family_explanation", "correction_report"),
    "person_attribute",
}
FOR_WORKERS = {view for view in EVERY_VIEW if view.endswith("_detail")} | {
    *("family_context", "service_coverage", "feed_freshness", "generation"),
    *("data_dictionary", "keys"),
}
FOR_STEWARDS = {
    *("link_explanation", "link_review", "person_event", "person_record_history", "person"),
    *("person_source_record", "person_redirect", "generation", "data_dictionary", "keys"),
    *("family_explanation", "correction_report", "family_member", "person_attribute"),
}
REACHED = {
    "reader_bi": {
        f"family_context.{view}"
        for view in EVERY_VIEW
        - {"link_explanation", "link_review", "family_explanation", "correction_report"}
    },
    "steward": {f"family_context.{view}" for view in FOR_STEWARDS},
    "reader_worker": {f"family_context.{view}" for view in FOR_WORKERS},
}
for views in REACHED.values():
    views |= {f"{view}_v1" for view in views}
REACHED["steward"] |= {"stewardship.link_override", "stewardship.family_override"}


@pytest.mark.parametrize("role", ["reader_bi", "reader_worker", "steward", "auditor"])
def test_a_reader_reaches_the_views_for_its_role_and_nothing_else(database, run, role):
    reached = database.execute(
        "select distinct n.nspname || '.' || c.relname"
        " from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')"
        " and c.relkind in ('r', 'v', 'm', 'p', 'f')"
        " and has_schema_privilege(%(role)s, n.oid, 'usage')"
        " and has_any_column_privilege(%(role)s, c.oid, 'select, insert, update, references')",
        {"role": role},
    ).fetchall()
    found = {name for (name,) in reached}
    if role == "auditor":
        assert {name.split(".")[0] for name in found} == {"audit", "ledger"}
    else:
        assert found == REACHED[role]
        with reading_as(role) as reader:
            for table in ("published.person", "marts.person", "raw_school.enrolment"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute(f"select from {table}")


def test_no_role_writes_outside_its_part(database, run):
    written = database.execute(
        "select distinct role, n.nspname"
        " from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace"
        " cross join unnest(%s::text[]) as role"
        " where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        " and c.relkind in ('r', 'v', 'm') and has_schema_privilege(role, n.oid, 'usage')"
        " and has_table_privilege(role, c.oid, 'insert, update, delete, truncate')",
        [["landing", "publisher", "reader_bi", "reader_worker", "auditor", "builder", "steward"]],
    ).fetchall()
    parts = {}
    for role, schema in written:
        parts.setdefault(role, set()).add(schema.split("_")[0])
    assert parts == {
        "landing": {"raw", "ledger", "quarantine"},
        # which changes of the marts it has seen
        "publisher": {"published", "ledger", "resolution"},
        # besides what dbt makes: which records were compared as they are
        "builder": {"resolution"},
    }


def test_public_has_nothing(database):
    schemas = database.execute(
        "select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$'"
        " and exists (select from aclexplode(nspacl) where grantee = 0)"
    ).fetchall()
    relations = database.execute(
        "select c.oid::regclass from pg_class as c"
        " inner join pg_namespace as n on n.oid = c.relnamespace"
        " where n.nspname !~ '^pg_|^information_schema$'"
        " and exists (select from aclexplode(relacl) where grantee = 0)"
    ).fetchall()
    functions = database.execute(
        "select p.oid::regprocedure from pg_proc as p"
        " inner join pg_namespace as n on n.oid = p.pronamespace"
        " where n.nspname !~ '^pg_|^information_schema$|^extensions$' and exists ("
        " select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)"
    ).fetchall()
    assert (schemas, relations, functions) == ([], [], [])


def test_every_view_is_a_barrier_owned_by_a_role_that_owns_nothing_else(database):
    views = database.execute(
        "select relname, relkind, relowner::regrole::text, reloptions from pg_class"
        " where relnamespace = 'family_context'::regnamespace"
    ).fetchall()
    assert {name for name, *_ in views} == EVERY_VIEW | {f"{view}_v1" for view in EVERY_VIEW}
    assert {tuple(map(str, rest)) for _, *rest in views} == {
        ("v", "view_owner", "['security_barrier=true']")
    }
    assert database.execute(
        "select count(*) from pg_class where relowner = 'view_owner'::regrole"
        " and relnamespace <> 'family_context'::regnamespace"
    ).fetchone() == (0,)


# what BI tools need


def test_every_column_of_every_view_has_a_type_that_every_tool_reads(database):
    odd = database.execute(
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod)"
        " from pg_class as c inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0"
        " where c.relnamespace = 'family_context'::regnamespace and not (a.atttypid = any("
        " array['integer', 'bigint', 'date', 'timestamp']::regtype[])"
        " or (a.atttypid = 'varchar'::regtype and a.atttypmod > 0))"
    ).fetchall()
    assert odd == []


def test_descriptions_are_carried_from_the_marts_to_the_views(database, run):
    database.execute("comment on table marts.person is 'One row per person.'")
    database.execute("comment on column marts.person.given_name is 'Given name, as ''known''.'")
    database.execute("comment on column marts.service_coverage.area_covered is 'Area.'")
    database.execute("comment on column marts.family_member.member_id is 'The member.'")
    publish(run)
    with reading_as("reader_bi") as reader:
        described = {
            (view, column): description
            for view, column, description in reader.execute(
                "select view_name, column_name, description from family_context.data_dictionary"
            )
        }
        for version in ("", "_v1"):
            assert described[f"person{version}", "given_name"] == "Given name, as 'known'."
            assert described[f"family_context{version}", "area_covered"] == "Area."
            assert described[f"school_detail{version}", "member_id"] == "The member."
        keys = reader.execute(
            "select view_name, key_columns, description from family_context.keys"
        ).fetchall()
    assert ("person_v1", "person_id", "One row per person.") in keys
    assert database.execute("select obj_description('published.person'::regclass)").fetchone() == (
        "One row per person.",
    )


def test_the_key_of_every_view_is_unique(database, run):
    publish(run)
    with reading_as("reader_bi") as reader, reading_as("steward") as steward:
        keys = reader.execute("select view_name, key_columns from family_context.keys").fetchall()
        assert {view for view, _ in keys} == EVERY_VIEW | {f"{view}_v1" for view in EVERY_VIEW}
        for view, key in keys:
            name = view.removesuffix("_v1")
            asker = reader if f"family_context.{name}" in REACHED["reader_bi"] else steward
            repeated = sql.SQL("select from {} group by {} having count(*) > 1").format(
                sql.Identifier("family_context", view), sql.SQL(key)
            )
            assert (view, asker.execute(repeated).rowcount) == (view, 0)


def test_what_only_the_views_know_is_described_too(database):
    with reading_as("reader_bi") as reader:
        bare = reader.execute(
            "select view_name, column_name from family_context.data_dictionary"
            " where description is null and (column_name in ('generation', 'member_age_in_years')"
            " or view_name ~ '^(generation|keys|data_dictionary)')"
        ).fetchall()
    assert bare == []


def plan_nodes(node):
    yield node
    for child in node.get("Plans", []):
        yield from plan_nodes(child)


def test_a_read_per_child_uses_an_index_and_works_out_the_generation_once(database):
    invented_marts.build(database, children=1500)
    publish(invented_marts.start_run(database))
    questions = [
        ("family_context", "child_ref = '500'", 45),
        ("family_context", "child_id = 500", 45),
        ("family_context", "child_id = 500 and member_id = 501 and service = 'gp'", 1),
        ("school_detail", "child_ref = '500'", 1),
        ("housing_detail", "child_id = 500", 1),
        ("person", "person_id = 500", 1),
        ("service_involvement", "person_id = 500", 2),
        ("family_member", "child_ref = '500'", 3),
    ]
    with reading_as("reader_bi") as reader:
        for view, condition, rows in questions:
            for version in ("", "_v1"):
                question = sql.SQL(
                    "explain (analyze, format json) select * from {} where {}"
                ).format(sql.Identifier("family_context", f"{view}{version}"), sql.SQL(condition))
                plan = reader.execute(question).fetchone()[0][0]["Plan"]
                nodes = list(plan_nodes(plan))
                large = [n for n in nodes if n.get("Relation Name") == view]
                assert plan["Actual Rows"] == rows
                assert large and not any(node["Node Type"] == "Seq Scan" for node in large)
                assert max(node["Actual Rows"] * node["Actual Loops"] for node in large) <= 45
                worked_out = [n for n in nodes if n.get("Subplan Name") == "CTE shown"]
                assert [node["Actual Loops"] for node in worked_out] == [1]
