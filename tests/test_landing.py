"""What becomes of deliveries, good and bad, on a real PostgreSQL."""

import dataclasses
import datetime as dt
import logging
import os
import random
import re
import shutil
import signal
import time

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from expectations import contract, validate
from orchestration import landing, parsing, receiving
from seeds import synthetic
from tests.bad_deliveries import (
    CANARIES,
    FAULTS,
    FEED,
    FIRST,
    ODDITIES,
    OF_FEED,
    OTHER_FAULTS,
    ROWS,
    SECOND,
    THIRD,
    Draft,
)

AS_OF = dt.date(2026, 1, 31)
LEDGER = ("delivery_finding", "delivery_table", "delivery")


@pytest.fixture
def folder(database, tmp_path, monkeypatch):
    """An empty landing folder, and nothing in force."""
    monkeypatch.setenv("FAMILY_CONTEXT_LANDING", str(tmp_path / "landing"))
    forget(database)
    return tmp_path / "landing"


def forget(connection):
    connection.execute("truncate quarantine.row")
    for table in LEDGER:
        connection.execute(f"delete from ledger.{table}")  # noqa: S608
    for feed in (FEED, *OF_FEED):
        names = ", ".join(f"raw_{feed}.{table.name}" for table in contract.load(feed).tables)
        connection.execute(f"truncate {names}")


def land(quiet_seconds=0, feed=FEED):
    return landing.land(feed, AS_OF, quiet_seconds=quiet_seconds)


def rows_in_force(connection, table="tenancy", feed=FEED):
    names = ", ".join(column.name for column in contract.load(feed).table(table).columns)
    query = f"select {names} from raw_{feed}.{table}_in_force"  # noqa: S608
    found = connection.execute(query).fetchall()
    return sorted(found, key=str)


def ledger_text(connection):
    queries = [f"select * from ledger.{name}" for name in LEDGER]  # noqa: S608
    return "\n".join(str(row) for query in queries for row in connection.execute(query))


@pytest.mark.parametrize(
    "feed, fault",
    [*((FEED, fault) for fault in FAULTS), *OTHER_FAULTS],
    ids=lambda value: value if isinstance(value, str) else value.name.replace(" ", "_"),
)
def test_each_fault_has_its_outcome(feed, fault, folder, database, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    first = contract.load(feed).tables[0].name
    good_rows = None
    if not fault.comes_first:
        Draft(feed, when=SECOND).write(folder)
        assert [outcome.status for outcome in land(feed=feed)] == ["in_force"]
        good_rows = rows_in_force(database, first, feed)
    draft = Draft(feed, has_manifest=fault.has_manifest, manifest=fault.manifest)
    fault.rows(draft)
    draft.write(folder, fault.before_sealing, fault.after_sealing)

    outcomes = land(fault.quiet_seconds, feed)

    assert [outcome.status for outcome in outcomes] == (
        [] if fault.status == "not looked at" else [fault.status]
    )
    for outcome in outcomes:
        if fault.rule:
            finding = next(it for it in outcome.findings if it.rule == fault.rule)
            assert finding.kind == fault.kind
            assert [text for text in fault.says if text not in finding.message] == []
            assert fault.count in (None, finding.row_count)
            assert "\n" not in finding.message
        assert outcome.refusal == (fault.rule if fault.status == "refused" else None)
    if fault.status != "in_force":
        # nothing half-loaded, and what was in force still is
        assert rows_in_force(database, first, feed) == (good_rows or [])
    set_aside = database.execute("select count(distinct row_number) from quarantine.row").fetchone()
    assert set_aside == (fault.count if fault.kind == "row" else 0,)
    said = str(outcomes) + ledger_text(database) + caplog.text + "".join(capfd.readouterr())
    assert [canary for canary in CANARIES if canary in said] == []
    arrived = f"select count(*) from raw_{feed}.{first}_arrival"  # noqa: S608
    arrivals = database.execute(arrived).fetchone()
    assert arrivals == (0,)


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name.replace(" ", "_"))
def test_what_is_only_odd_comes_into_force(oddity, folder, database):
    draft = Draft(has_manifest=oddity.has_manifest)
    oddity.rows(draft)
    draft.write(folder, oddity.before_sealing)
    (outcome,) = land()
    assert (outcome.status, outcome.tables["tenancy"].added) == ("in_force", ROWS)
    encoding, positions = database.execute(
        "select encoding, unagreed_column_positions from ledger.delivery_table"
        " where table_name = 'tenancy'"
    ).fetchone()
    assert (encoding, tuple(positions)) == (oddity.encoding, oddity.unagreed)
    if oddity.cell:
        column, value = oddity.cell
        first = f"select {column} from raw_housing.tenancy_in_force where _row_number = 1"  # noqa: S608
        assert database.execute(first).fetchone() == (value,)


def test_the_runbook_explains_every_refusal():
    text = (contract.ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    refusals = {fault.rule for fault in FAULTS if fault.status == "refused"}
    assert refusals - set(re.findall(r"`(\w+)`", text)) == set()


def test_a_feed_that_nobody_knows_is_refused_once(folder, database):
    (folder / "Quillfeather").mkdir(parents=True)
    (folder / "Quillfeather" / "a.csv").write_text("a\n")
    (outcome,) = landing.land_unknown()
    assert (outcome.status, outcome.refusal) == ("refused", "unknown_feed")
    assert "housing" in outcome.findings[0].message
    assert landing.land_unknown() == []
    assert "Quillfeather" not in ledger_text(database) + str(outcome)


def test_a_second_copy_is_a_duplicate(folder, database):
    Draft(when=SECOND).write(folder)
    shutil.copytree(folder / FEED / SECOND, folder / FEED / THIRD)
    assert [outcome.status for outcome in land()] == ["in_force", "duplicate"]
    assert len(rows_in_force(database)) == ROWS


def test_what_was_decided_is_not_looked_at_again(folder):
    Draft(when=SECOND).write(folder)
    bad = Draft()
    bad.drop("tenure_code")
    bad.write(folder)
    assert [outcome.status for outcome in land()] == ["in_force", "refused"]
    assert land() == []


def test_deliveries_are_taken_in_order_of_their_extract_time(folder):
    for when in (SECOND, THIRD, FIRST):
        draft = Draft(when=when)
        draft.put("patch", when)
        draft.write(folder)
    assert [(it.folder, it.status) for it in land()] == [
        (FIRST, "in_force"),
        (SECOND, "in_force"),
        (THIRD, "in_force"),
    ]


def test_a_corrected_file_is_judged_anew(folder):
    Draft().write(folder, after_sealing=lambda path: (path / "event.csv").unlink())
    assert [outcome.status for outcome in land()] == ["refused"]
    Draft().write(folder)
    assert [outcome.status for outcome in land()] == ["in_force"]


def test_a_row_is_kept_once_with_the_delivery_that_first_sent_it(folder, database):
    Draft(when=SECOND).write(folder)
    (first,) = land()
    draft = Draft()
    draft.put("patch", "elsewhere", rows=(0,))
    del draft.tables["tenancy"][ROWS]
    draft.tables["tenancy"].append(list(draft.tables["tenancy"][5]))
    draft.write(folder)
    (second,) = land()
    assert dataclasses.astuple(second.tables["tenancy"]) == (ROWS, 1, 2, 1, 0)
    assert dataclasses.astuple(second.tables["member"]) == (ROWS, 0, 0, 0, 0)
    assert database.execute(
        "select _delivery_id, _left_delivery_id, count(*) from raw_housing.tenancy"
        " group by 1, 2 order by 1, 2"
    ).fetchall() == [
        (first.delivery_id, second.delivery_id, 2),
        (first.delivery_id, None, ROWS - 2),
        (second.delivery_id, None, 1),
    ]
    assert database.execute("select status from ledger.delivery order by 1").fetchall() == [
        ("in_force",),
        ("superseded",),
    ]


def test_a_row_set_aside_keeps_its_content_and_every_reason(folder, database):
    draft = Draft()
    draft.put("tenure_code", "")
    draft.put("start_date", "yesterday")
    draft.write(folder)
    land()
    ((rules, tenancy, kept),) = database.execute(
        "select rules, content->>'tenancy_ref', content ? '_row_number' from quarantine.row"
    ).fetchall()
    assert rules == ["start_date.is_readable", "tenure_code.is_filled"]
    assert (tenancy, kept) == ("T77000000", False)
    assert len(rows_in_force(database)) == ROWS - 1


def test_extract_time_and_coverage_are_the_senders(folder, database):
    Draft().write(folder)
    land()
    assert database.execute(
        "select extracted_at at time zone 'UTC', coverage_start, area_covered, has_manifest,"
        " source_system from ledger.delivery"
    ).fetchone() == (
        dt.datetime(2026, 1, 30, 20, 15),
        dt.date(2020, 1, 28),
        "E08999001",
        True,
        "nec_housing",
    )


def test_without_a_manifest_the_name_of_the_folder_says_when(folder, database):
    Draft(when="2025-07-01T2015", has_manifest=False).write(folder)
    land()
    assert database.execute(
        "select extracted_at at time zone 'UTC', coverage_end, area_covered, has_manifest"
        " from ledger.delivery"
    ).fetchone() == (dt.datetime(2025, 7, 1, 19, 15), dt.date(2025, 7, 1), None, False)


# the council's settings


@pytest.fixture
def council(tmp_path, monkeypatch):
    """A copy of the demo council, to change."""
    copy = tmp_path / "councils" / f"copy_{tmp_path.name}"
    shutil.copytree(contract.COUNCILS / "demo", copy)
    monkeypatch.setattr(contract, "COUNCILS", copy.parent)
    monkeypatch.setenv("FAMILY_CONTEXT_COUNCIL", copy.name)
    yield copy
    contract._load.cache_clear()


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_without_an_agreement_nothing_loads(folder, council):
    change(council / "agreement.csv", "DSA-HOUSING,housing,2020-04-01,\n", "")
    Draft().write(folder)
    assert [outcome.refusal for outcome in land()] == ["no_agreement"]


def test_an_agreement_that_ended_loads_nothing_until_it_is_renewed(folder, council):
    change(council / "agreement.csv", "housing,2020-04-01,", "housing,2020-04-01,2025-12-31")
    Draft().write(folder)
    assert [outcome.refusal for outcome in land()] == ["agreement_not_in_date"]
    assert land() == []
    change(council / "agreement.csv", "housing,2020-04-01,2025-12-31", "housing,2020-04-01,")
    assert [outcome.status for outcome in land()] == ["in_force"]


def test_two_formats_that_read_one_value_differently_refuse_the_delivery(folder, council):
    for table in ("tenancy", "member"):
        for column in ("start_date",):
            line = f"housing,{table},{column},DD/MM/YYYY\n"
            change(council / "date_format.csv", line, line + line.replace("DD/MM", "MM/DD"))
    draft = Draft()
    draft.put("start_date", "13/01/2026", rows=range(ROWS))
    draft.put("start_date", "05/01/2026", rows=(8,))
    draft.put("start_date", "13/01/2026", "member", rows=range(ROWS))
    draft.write(folder)
    (outcome,) = land()
    assert outcome.refusal == "is_read_one_way"
    (finding,) = [it for it in outcome.findings if it.kind == "delivery"]
    assert (finding.table, finding.column, finding.row_count) == ("tenancy", "start_date", 1)
    assert "first data row 9" in finding.message


def test_an_unlikely_delivery_loads_once_somebody_vouches_for_it(folder, council):
    Draft(when=SECOND).write(folder)
    land()
    draft = Draft()
    del draft.tables["event"][10:]
    draft.write(folder)
    assert [outcome.refusal for outcome in land()] == ["volume_is_like_before"]
    vouched = council / "accepted_delivery.csv"
    lines = vouched.read_text().splitlines()[:1]
    lines.append(f"{FEED},{THIRD},volume_is_like_before,arrears purged,Head of housing,2026-01-31")
    vouched.write_text("\n".join(lines) + "\n")
    (outcome,) = land()
    assert outcome.status == "in_force"
    assert "volume_is_like_before" in [finding.rule for finding in outcome.findings]


# the whole


@given(order=st.randoms(use_true_random=False))
@hypothesis_settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_of_columns_and_rows_lands_the_same_rows(folder, database, order):
    forget(database)
    Draft(when=SECOND).write(folder)
    land()
    before = rows_in_force(database)
    draft = Draft()

    def shuffled(positions):
        order.shuffle(positions)
        return positions

    draft.reorder(shuffled)
    for rows in draft.tables.values():
        rows[1:] = shuffled(rows[1:])
    draft.write(folder)
    (outcome,) = land()
    assert {(counts.added, counts.left) for counts in outcome.tables.values()} == {(0, 0)}
    assert rows_in_force(database) == before


@given(values=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1))
@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_field_lands_as_it_was_sent(folder, database, values):
    draft = Draft(rows=len(values))
    for number, value in enumerate(values):
        draft.put("patch", value, rows=(number,))
    path = draft.write(folder)
    table = contract.load(FEED).table("tenancy")
    with database.transaction(force_rollback=True):
        parsing.land_file(
            database, FEED, table, receiving.File("tenancy", path / "tenancy.csv", len(values))
        )
        found = database.execute(
            "select patch from raw_housing.tenancy_arrival order by _row_number"
        ).fetchall()
    assert [row[0] for row in found] == [value or None for value in values]


def test_the_demo_comes_into_force_with_its_defects_counted(folder, database, tmp_path):
    synthetic.generate(folder, "S", 1, AS_OF, truth=tmp_path / "truth")
    outcomes = [outcome for feed in contract.feeds() for outcome in land(feed=feed)]
    assert [(it.feed, it.refusal) for it in outcomes if it.status != "in_force"] == []
    rows = sum(counts.row_count for it in outcomes for counts in it.tables.values())
    kinds = [finding.kind for it in outcomes for finding in it.findings]
    assert rows > 30_000
    assert kinds.count("value") > 10
    assert kinds.count("row") > 0
    synthetic.generate(folder, "S", 1, AS_OF, night=2, truth=tmp_path / "truth")
    again = [outcome for feed in contract.feeds() for outcome in land(feed=feed)]
    # the police send once a week
    assert [it.status for it in again] == ["in_force"] * (len(contract.feeds()) - 1)
    added = sum(counts.added for it in again for counts in it.tables.values())
    assert 0 < added < rows * 0.03


def test_a_second_lander_waits_for_the_first(folder, database):
    Draft().write(folder)
    lock = "hashtext('family_context.landing'), hashtext('housing')"
    database.execute(f"select pg_advisory_lock({lock})")
    child = os.fork()
    if child == 0:
        os._exit(0 if [it.status for it in land()] == ["in_force"] else 1)
    waits = (
        "select exists (select from pg_locks where locktype = 'advisory' and not granted"
        " and database = (select oid from pg_database where datname = current_database()))"
    )
    waited = False
    while not waited and os.waitpid(child, os.WNOHANG) == (0, 0):
        (waited,) = database.execute(waits).fetchone()
        time.sleep(0.01)
    assert waited
    database.execute(f"select pg_advisory_unlock({lock})")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_lander_killed_at_any_moment_leaves_before_or_after(folder, database):
    Draft(when=FIRST).write(folder)
    land()
    Draft(when=SECOND, manifest={"mode": "rolling"}).write(folder)
    started = time.monotonic()
    land()
    whole = time.monotonic() - started
    killed = 0
    for turn in range(24):
        when = f"2026-01-30T{turn:02}00"
        draft = Draft(when=when)
        draft.put("patch", f"turn {turn}", rows=range(0, ROWS, 2))
        draft.manifest = {"extracted_at": f"2026-01-30T{turn:02}:00:00+00:00"}
        draft.write(folder)
        child = os.fork()
        if child == 0:
            land()
            os._exit(0)
        time.sleep(random.Random(turn).uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with landing._lander(FEED):  # once the server has noticed
            pass
        state = database.execute(
            "select count(*), count(*) filter (where patch = %s) from raw_housing.tenancy_in_force",
            [f"turn {turn}"],
        ).fetchone()
        known = database.execute(
            "select status from ledger.delivery where folder = %s", [when]
        ).fetchall()
        assert (state, known) in (((ROWS, 0), []), ((ROWS, ROWS // 2), [("in_force",)]))
        shutil.rmtree(folder / FEED / when)
        killed += not known
    assert killed > 0
    Draft(manifest={"extracted_at": "2026-01-31T10:00:00+00:00"}).write(folder)
    assert land()[-1].status == "in_force"
    assert database.execute(
        "select count(*) from ledger.delivery where status = 'in_force'"
    ).fetchone() == (1,)


@pytest.mark.parametrize("spoilt, status", [(3, "in_force"), (4, "refused")])
@pytest.mark.parametrize(
    "feed, found",
    [(FEED, 15), ("llpg", 4), ("council_tax_liability", 4), ("neighbouring_council", 9)],
)
def test_no_value_of_any_column_is_repeated_anywhere(
    feed, found, spoilt, status, folder, database, server, caplog, capfd
):
    caplog.set_level(logging.DEBUG)
    draft = Draft(feed, manifest={"source_system": "Canary'", "inclusion_rules": ["Canary"]})
    for table, rows in draft.tables.items():
        for column in list(rows[0]):
            for row in range(spoilt):
                draft.put(column, f"Canary {row} {column}", table, (row,))
        for row in rows:
            row.append("Canary beside")
    path = draft.write(folder)
    path.rename(path.with_name("Canary"))
    (outcome,) = land(feed=feed)
    assert outcome.status == status
    assert len({finding.column for finding in outcome.findings}) > found
    said = str(outcome) + ledger_text(database) + caplog.text + "".join(capfd.readouterr())
    if server.is_embedded():
        said += server.log_file().read_text(encoding="utf-8")
    assert "Canary" not in said


def test_a_delivery_may_be_empty_when_its_manifest_says_so(folder):
    draft = Draft(manifest={"empty_ok": True})
    for rows in draft.tables.values():
        del rows[1:]
    draft.write(folder)
    assert [outcome.status for outcome in land()] == ["in_force"]


def test_an_error_of_ours_repeats_no_value(folder, database):
    draft = Draft()
    draft.put("patch", "Quillfeather")
    draft.write(folder)
    database.execute("alter table raw_housing.tenancy add constraint c check (patch is null)")
    try:
        with pytest.raises(landing.LandingError) as caught:
            land()
    finally:
        database.execute("alter table raw_housing.tenancy drop constraint c")
    assert "Quillfeather" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__
    assert [outcome.status for outcome in land()] == ["in_force"]


def test_a_rule_that_cannot_be_judged_repeats_no_value(
    folder, database, monkeypatch, caplog, capfd
):
    from great_expectations.expectations import UnexpectedRowsExpectation

    caplog.set_level(logging.DEBUG)
    broken = UnexpectedRowsExpectation(
        unexpected_rows_query="select * from {batch} where family_name::integer = 1",
        meta={"rule": "surnames_are_numbers", "kind": "row", "message": "."},
    )
    monkeypatch.setattr(
        validate, "_hand_written", lambda feed, table: [broken] if table == "member" else []
    )
    Draft().write(folder)
    with pytest.raises(landing.LandingError, match=r"housing\.member") as caught:
        land()
    said = str(caught.value) + caplog.text + "".join(capfd.readouterr())
    assert [canary for canary in CANARIES if canary in said] == []
    assert ledger_text(database) == ""


def test_landing_acts_as_its_role(folder, database):
    with landing._lander(FEED) as connection:
        assert connection.execute("select current_user").fetchone() == ("landing",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("select * from published.pointer")
