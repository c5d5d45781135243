"""Land what services have dropped: receive, parse, judge, and bring into force or refuse.

One transaction per delivery, its row in the ledger included: whatever is killed, a delivery is
either not there or decided. One lander per feed at a time; a second waits. It all happens as the
role `landing`.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from expectations import contract as contracts
from expectations import validate
from expectations.contract import Contract, Table
from expectations.validate import Finding
from orchestration import receiving, settings
from orchestration.parsing import Parsed, land_file
from orchestration.receiving import Delivery, RefusedError, UnfinishedError, refusal

QUIET_SECONDS = 10.0
SKEW = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Counts:
    """Rows of one table of a delivery."""

    row_count: int
    added: int | None = None
    left: int | None = None
    duplicate: int | None = None
    quarantined: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery. It holds counts and rules; no value from a feed."""

    feed: str
    folder: str
    status: str  # in_force, refused or duplicate; or waiting: not whole yet, and not in the ledger
    delivery_id: int | None = None
    refusal: str | None = None
    extracted_at: dt.datetime | None = None
    tables: dict[str, Counts] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class LandingError(Exception):
    """Trouble of ours while landing; the delivery is as if it had not been looked at."""


def land(
    feed: str, as_of_date: dt.date | str | None = None, quiet_seconds: float = QUIET_SECONDS
) -> list[Outcome]:
    """Land every pending delivery of a feed, in order of extract time.

    A delivery without a manifest is taken once nothing was written to it for `quiet_seconds`.
    Raises LandingError, or psycopg.OperationalError when the database is lost: try again then.
    """
    day = dt.date.fromisoformat(str(as_of_date or settings.today()))
    with _lander(feed) as connection:
        if feed not in contracts.feeds():
            return _unknown(connection, receiving.pending(feed))
        return list(_land(connection, contracts.load(feed), day, quiet_seconds))


def land_unknown() -> list[Outcome]:
    """Refuse what lies in the landing folder under no feed's name."""
    with _lander("unknown") as connection:
        return _unknown(connection, receiving.unknown_feeds())


@contextmanager
def _lander(feed: str) -> Iterator[psycopg.Connection]:
    """A connection as the role landing, alone with its feed. An error says nothing of any value."""
    with psycopg.connect("", autocommit=True) as connection:
        try:
            connection.execute("set role landing")
            connection.execute(
                "select pg_advisory_lock(hashtext('family_context.landing'), hashtext(%s))", [feed]
            )
            yield connection
        except psycopg.OperationalError as error:  # its own words may quote the row it happened in
            lost = f"{feed}: the database cannot go on ({type(error).__name__}). Try again."
            raise type(error)(lost) from None
        except psycopg.Error as error:
            raise LandingError(
                f"{feed}: PostgreSQL refuses a statement ({type(error).__name__}). Is the database"
                " up to date?"
            ) from None
        except validate.JudgingError as error:
            raise LandingError(str(error)) from None


def _land(connection, contract: Contract, day: dt.date, quiet_seconds: float) -> Iterator[Outcome]:
    stamp = receiving.rules_stamp(contract.feed, day)
    latest = _latest_extract(day)
    deliveries = []
    for path in receiving.pending(contract.feed):
        try:
            delivery = receiving.look(contract.feed, path)
        except FileNotFoundError:  # taken away again
            continue
        if _is_decided(connection, delivery, stamp, latest):
            continue
        try:
            receiving.describe(delivery, contract, quiet_seconds)
            deliveries.append(delivery)
        except UnfinishedError:
            yield Outcome(contract.feed, delivery.folder, "waiting")
    for delivery in sorted(deliveries, key=lambda it: (it.extracted_at or latest, it.path.name)):
        try:
            yield _decide(connection, contract, delivery, stamp, day, latest)
        except UnfinishedError:
            yield Outcome(contract.feed, delivery.folder, "waiting")


def _latest_extract(day: dt.date) -> dt.datetime:
    """No extract is younger: the clock, or the end of the day for which the run is made."""
    if day == settings.today():
        return dt.datetime.now(dt.UTC) + SKEW
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), settings.LONDON)
    return midnight + SKEW


def _is_decided(connection, delivery: Delivery, stamp: str, latest: dt.datetime) -> bool:
    """Whether these files were decided on. RefusedError ones are judged again under other rules."""
    return connection.execute(
        "select exists (select from ledger.delivery"
        " where feed = %(feed)s and folder = %(folder)s and file_stamp = %(file_stamp)s"
        " and status <> 'landed' and (status <> 'refused' or rules_stamp = %(stamp)s)"
        " and (refusal is distinct from 'extracted_in_future' or extracted_at > %(latest)s))",
        {
            "feed": delivery.feed,
            "folder": delivery.folder,
            "file_stamp": delivery.file_stamp,
            "stamp": stamp,
            "latest": latest,
        },
    ).fetchone()[0]


def _decide(
    connection,
    contract: Contract,
    delivery: Delivery,
    stamp: str,
    day: dt.date,
    latest: dt.datetime,
) -> Outcome:
    """One delivery, in one transaction."""
    tables: dict[str, Parsed] = {}
    counts: dict[str, Counts] = {}
    with connection.transaction():
        delivery_id = _enter(connection, delivery, stamp)
        try:
            with connection.transaction():
                status = _status_at_receipt(
                    connection, contract, delivery, delivery_id, day, latest
                )
                findings: list[Finding] = []
                if status != "duplicate":
                    findings = _arrive(connection, contract, delivery, tables)
                    counts = _merge(connection, contract, tables, delivery_id)
                if not receiving.is_unchanged(delivery):
                    raise UnfinishedError
            why = None
        except RefusedError as refused:
            status, findings, counts = "refused", refused.findings, {}
            why = next(it.rule for it in findings if it.kind == "delivery")
        counts = counts or {name: Counts(parsed.row_count) for name, parsed in tables.items()}
        _close(connection, delivery_id, status, why, findings, tables, counts)
    return Outcome(
        contract.feed,
        delivery.folder,
        status,
        delivery_id,
        why,
        delivery.extracted_at,
        counts,
        findings,
    )


def _status_at_receipt(
    connection, contract: Contract, delivery: Delivery, delivery_id: int, day, latest
) -> str:
    """What can be said without reading a row: duplicate, or in_force if its rows allow."""
    trouble = receiving.agreement_trouble(contract.feed, contract.agreement_reference, day)
    if trouble:
        raise RefusedError(trouble)
    if delivery.trouble:
        raise RefusedError(*delivery.trouble)
    is_known, is_old = connection.execute(
        "select"
        " exists (select from ledger.delivery where feed = %(feed)s and delivery_id <> %(id)s"
        " and content_hash = %(content)s and status in ('in_force', 'superseded')),"
        " exists (select from ledger.delivery where feed = %(feed)s and status = 'in_force'"
        " and extracted_at > %(extracted_at)s)",
        {
            "feed": delivery.feed,
            "id": delivery_id,
            "content": delivery.content_hash,
            "extracted_at": delivery.extracted_at,
        },
    ).fetchone()
    if is_known:
        return "duplicate"
    if delivery.extracted_at > latest:
        raise RefusedError(
            refusal(
                "extracted_in_future",
                "The extract time lies in the future. Correct the sender's clock or time zone.",
            )
        )
    if is_old:
        raise RefusedError(
            refusal(
                "older_than_in_force",
                "The extract is older than the one in force, which stays. Send a newer one.",
            )
        )
    return "in_force"


def _arrive(connection, contract: Contract, delivery: Delivery, tables: dict[str, Parsed]):
    """Copy and judge the files, filling `tables`. Findings that refuse are raised."""
    findings: list[Finding] = []
    for file in delivery.files:
        table = contract.table(file.table)
        connection.execute(sql.SQL("truncate {}").format(_arrival(contract, table)))
        try:
            with connection.transaction():
                tables[table.name] = land_file(connection, contract.feed, table, file)
        except RefusedError as refused:
            findings += refused.findings
    findings += _without_rows(connection, contract, delivery, tables)
    if any(_refuses(delivery, finding) for finding in findings):
        raise RefusedError(*findings)
    present = [contract.table(name) for name in tables]
    validate.prepare(connection, contract, present)
    findings += _with_nul(connection, tables)
    findings += validate.judge(
        connection, contract, [table for table in present if tables[table.name].row_count]
    )
    findings += _past_the_limit(connection, contract, tables)
    if any(_refuses(delivery, finding) for finding in findings):
        raise RefusedError(*sorted(findings, key=lambda it: not _refuses(delivery, it)))
    return findings


def _refuses(delivery: Delivery, finding: Finding) -> bool:
    """Whether a finding refuses the delivery; somebody may have vouched for an unlikely one."""
    return finding.kind == "delivery" and not (
        finding.is_plausibility
        and any(
            row["folder"] == delivery.folder and row["rule"] == finding.rule
            for row in receiving.accepted(delivery.feed)
        )
    )


def _without_rows(connection, contract: Contract, delivery: Delivery, tables) -> Iterator[Finding]:
    """Tables without a row, or not sent at all, that must have some or had some before."""
    for table in contract.tables:
        parsed = tables.get(table.name)
        is_unread = parsed is None and any(file.table == table.name for file in delivery.files)
        if is_unread or (parsed and parsed.row_count):
            continue
        (had_rows,) = connection.execute(
            sql.SQL("select exists (select from {})").format(
                sql.Identifier(f"raw_{contract.feed}", f"{table.name}_in_force")
            )
        ).fetchone()
        if parsed is None and had_rows:
            yield refusal(
                "table_vanished",
                f"{table.name}.csv is not in the delivery, as it was before. Send it.",
                table.name,
                is_plausibility=True,
            )
        elif parsed and (table.is_required or had_rows) and not delivery.empty_ok:
            yield refusal(
                "no_rows",
                f"{table.name}.csv has a header and no rows. Send rows, or a manifest that says"
                " empty_ok.",
                table.name,
            )


def _with_nul(connection, tables: dict[str, Parsed]) -> Iterator[Finding]:
    for parsed in tables.values():
        if not parsed.rows_with_nul:
            continue
        connection.execute(
            "insert into set_aside select %s, unnest(%s::bigint[]), 'has_no_nul'",
            [parsed.table, parsed.rows_with_nul],
        )
        yield Finding(
            table=parsed.table,
            rule="has_no_nul",
            kind="row",
            row_count=len(parsed.rows_with_nul),
            first_row_number=parsed.rows_with_nul[0],
            message=f"{parsed.table}.csv: {len(parsed.rows_with_nul)} rows, first data row"
            f" {parsed.rows_with_nul[0]}: a NUL character. Remove it at the source.",
        )


def _past_the_limit(connection, contract: Contract, tables) -> Iterator[Finding]:
    """Tables of which more rows would be set aside than the contract allows."""
    for name, count in connection.execute(
        "select table_name, count(distinct row_number) from set_aside group by table_name"
    ).fetchall():
        if count > contract.quarantine_limit * tables[name].row_count:
            yield refusal(
                "quarantine_limit",
                f"{name}.csv: {count} of {tables[name].row_count} rows break a rule, which is more"
                f" than {contract.quarantine_limit:.0%}. Correct them at the source.",
                name,
                row_count=count,
            )


def _merge(connection, contract: Contract, tables, delivery_id: int) -> dict[str, Counts]:
    """Bring what was judged into force: see docs/decisions/0005."""
    counts = {}
    for table in contract.tables:
        if table.name in tables:
            counts[table.name] = _merge_table(
                connection, contract, table, tables[table.name].row_count, delivery_id
            )
        else:
            connection.execute(
                sql.SQL(
                    "update {} set _left_delivery_id = %s where _left_delivery_id is null"
                ).format(_raw(contract, table)),
                [delivery_id],
            )
    for name in tables:
        connection.execute(sql.SQL("truncate {}").format(_arrival(contract, contract.table(name))))
    connection.execute(
        "update ledger.delivery set status = 'superseded' where feed = %s and status = 'in_force'",
        [contract.feed],
    )
    changed = sum(it.added + it.left for it in counts.values())
    if changed > 0.1 * sum(it.row_count for it in counts.values()):
        connection.execute("select ledger.analyse_raw(%s)", [contract.feed])
    return counts


def _merge_table(connection, contract, table: Table, row_count: int, delivery_id: int) -> Counts:
    names = {
        "raw": _raw(contract, table),
        "arrival": _arrival(contract, table),
        "judged": sql.Identifier(f"judged_{table.name}"),
        "record_ids": sql.SQL(contracts.record_ids_sql(contract.feed, table)),
        "identity_keys": sql.SQL(contracts.identity_keys_sql(table)),
        "referring": sql.SQL(contracts.referring_record_ids_sql(contract, table)),
        "columns": sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns),
        "sent": sql.SQL(", ").join(
            sql.Identifier("arrival", column.name) for column in table.columns
        ),
    }

    def run(statement: str, *values) -> int:
        return connection.execute(sql.SQL(statement).format(**names), values).rowcount

    (kept,) = connection.execute(
        sql.SQL("select count(*) from {judged}").format(**names)
    ).fetchone()
    quarantined = run(
        "with broken as (select row_number, array_agg(distinct rule order by rule) as rules"
        " from set_aside where table_name = %s group by row_number),"
        " referring (row_number, record_id) as ({referring}),"
        " named as (select row_number, array_agg(distinct record_id) as record_ids"
        " from broken inner join referring using (row_number) group by row_number)"
        " insert into quarantine.row"
        " select %s, %s, %s, broken.row_number, broken.rules,"
        " jsonb_strip_nulls(to_jsonb(arrival) - '_row_number'),"
        " coalesce(nullif({record_ids}, '{{}}'), named.record_ids, '{{}}'), {identity_keys}"
        " from broken"
        " left join {arrival} as arrival on broken.row_number = arrival._row_number"
        " left join named on broken.row_number = named.row_number",
        table.name,
        delivery_id,
        contract.feed,
        table.name,
    )
    run(
        "delete from {judged} as judged using set_aside"
        " where table_name = %s and row_number = judged._row_number",
        table.name,
    )
    left = run(
        "update {raw} as raw set _left_delivery_id = %s where _left_delivery_id is null"
        " and not exists (select from {judged} as judged where judged._row_hash = raw._row_hash)",
        delivery_id,
    )
    added = run(
        "insert into {raw} (_row_hash, _delivery_id, _row_number, {columns})"
        " select judged._row_hash, %s, judged._row_number, {sent}"
        " from {judged} as judged inner join {arrival} as arrival"
        " on judged._row_number = arrival._row_number"
        " where not exists (select from {raw} as raw"
        " where raw._row_hash = judged._row_hash and raw._left_delivery_id is null)"
        " order by judged._row_number",
        delivery_id,
    )
    return Counts(row_count, added, left, row_count - kept, quarantined)


def _raw(contract: Contract, table: Table) -> sql.Identifier:
    return sql.Identifier(f"raw_{contract.feed}", table.name)


def _arrival(contract: Contract, table: Table) -> sql.Identifier:
    return sql.Identifier(f"raw_{contract.feed}", f"{table.name}_arrival")


def _enter(connection, delivery: Delivery, stamp: str | None) -> int:
    values = {
        "feed": delivery.feed,
        "folder": delivery.folder,
        "content_hash": delivery.content_hash,
        "file_stamp": delivery.file_stamp,
        "rules_stamp": stamp,
        "contract_version": delivery.contract_version,
        "source_system": delivery.source_system,
        "extracted_at": delivery.extracted_at,
        "coverage_start": delivery.coverage_start,
        "coverage_end": delivery.coverage_end,
        "area_covered": delivery.area_covered,
        "mode": delivery.mode,
        "has_manifest": delivery.has_manifest,
        "status": "landed",
    }
    statement = sql.SQL("insert into ledger.delivery ({}) values ({}) returning delivery_id")
    return connection.execute(
        statement.format(
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Placeholder, values)),
        ),
        values,
    ).fetchone()[0]


def _close(connection, delivery_id, status, why, findings, tables, counts) -> None:
    """Write the decision, the counts and the findings."""
    connection.execute(
        "update ledger.delivery set status = %s, refusal = %s, decided_at = now()"
        " where delivery_id = %s",
        [status, why, delivery_id],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into ledger.delivery_table values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    delivery_id,
                    name,
                    count.row_count,
                    count.added,
                    count.left,
                    count.duplicate,
                    count.quarantined,
                    tables[name].unagreed_positions,
                    tables[name].encoding,
                )
                for name, count in counts.items()
            ],
        )
        cursor.executemany(
            "insert into ledger.delivery_finding values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    delivery_id,
                    number,
                    finding.table,
                    finding.column,
                    finding.rule,
                    finding.kind,
                    finding.row_count,
                    finding.first_row_number,
                    finding.message[:500],
                )
                for number, finding in enumerate(findings, start=1)
            ],
        )


def _unknown(connection, paths) -> list[Outcome]:
    """Refuse what belongs to no feed, once."""
    outcomes = []
    finding = refusal(
        "unknown_feed",
        f"There is no feed of that name. Feeds: {', '.join(contracts.feeds())}.",
    )
    for path in paths:
        delivery = receiving.look("unknown", path)
        stamp = "|".join(contracts.feeds())[:64]
        if _is_decided(connection, delivery, stamp, dt.datetime.now(dt.UTC)):
            continue
        with connection.transaction():
            delivery_id = _enter(connection, delivery, stamp)
            _close(connection, delivery_id, "refused", finding.rule, [finding], {}, {})
        outcomes.append(
            Outcome(
                "unknown",
                delivery.folder,
                "refused",
                delivery_id,
                finding.rule,
                findings=[finding],
            )
        )
    return outcomes
