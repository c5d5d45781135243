"""Judge the rows of a delivery with the suite that its contract yields and the hand-written rules.

The rows are read once, with the same functions that staging casts with, into a temporary table of
typed values and of marks for what cannot be read. Great Expectations judges that table over our own
connection, so that landing, judging and the decision are one transaction. Counts and row numbers
come back; the rows that a row rule names are set aside by the rule's own SQL.
"""

import csv
import importlib
import logging
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from expectations.contract import ROOT, Column, Contract, Table, row_hash_sql

LEAST = 50  # fewer rows say too little to be compared
COUNTS_ONLY = {
    "result_format": "BASIC",
    "partial_unexpected_count": 0,
    "exclude_unexpected_values": True,
}
WITH_QUERIES = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "unexpected_index_column_names": ["_row_number"],
    "return_unexpected_index_query": True,
}
# How a column's text is read; staging casts with the same functions.
BY_RULE = {
    "nhs_number": "parse.nhs_number({0}, true)",
    "upn": "parse.upn({0})",
    "uprn": "parse.uprn({0})",
    "postcode": "parse.postcode({0})",
    "telephone": "parse.telephone({0})",
    "email": "parse.email({0})",
    "offence_code": "parse.offence_code({0})",
    "json": "parse.try_jsonb({0})",
}
BY_TYPE = {
    "date": "parse.try_date({0}, {1})",
    "timestamp": "parse.try_timestamp({0}, {1})",
    "integer": "parse.try_integer({0})",
    "decimal": "parse.try_numeric({0})",
    "boolean": "parse.try_boolean({0})",
}
WORDS = {
    "date": "a day",
    "timestamp": "a moment",
    "integer": "a whole number",
    "decimal": "a number",
    "boolean": "yes or no",
    "nhs_number": "a valid NHS number",
    "upn": "a valid unique pupil number",
    "uprn": "a property number",
    "postcode": "a whole postcode",
    "telephone": "a telephone number",
    "email": "an e-mail address",
    "offence_code": "a Home Office offence code",
    "json": "a JSON object",
}


@dataclass(frozen=True)
class Finding:
    """A rule that a delivery breaks. Counts, row numbers, names of the contract; never a value."""

    rule: str
    kind: str  # delivery: refused; row: rows set aside; value: counted, and read as nothing
    message: str
    table: str | None = None
    column: str | None = None
    row_count: int | None = None
    first_row_number: int | None = None
    is_plausibility: bool = False  # may be vouched for


class JudgingError(Exception):
    """Great Expectations could not judge: trouble of ours, not of the delivery."""


def prepare(connection: psycopg.Connection, contract: Contract, tables: list[Table]) -> None:
    """Read the arrivals into `judged_<table>`, and keep one of rows that repeat another exactly."""
    connection.execute(
        "create temporary table set_aside (table_name text, row_number bigint, rule text)"
        " on commit drop"
    )
    connection.execute(
        "create temporary table code_list (list text, code text) on commit drop"
    )  # fmt: skip
    with connection.cursor().copy("copy code_list from stdin") as copy:
        for row in _codes(tables):
            copy.write_row(row)
    for table in tables:
        connection.execute(sql.SQL(_judged_sql(contract, table)))
        connection.execute(
            sql.SQL(
                "delete from {0} as judged using ("
                " select _row_hash, min(_row_number) as first from {0} group by _row_hash"
                " having count(*) > 1) as repeated"
                " where judged._row_hash = repeated._row_hash"
                " and judged._row_number <> repeated.first"
            ).format(sql.Identifier(f"judged_{table.name}"))
        )
        connection.execute(
            sql.SQL("analyze {} (_row_number, _row_hash)").format(
                sql.Identifier(f"judged_{table.name}")
            )
        )


def judge(connection: psycopg.Connection, contract: Contract, tables: list[Table]) -> list[Finding]:
    """What the prepared tables break. Rows that break a row rule are listed in `set_aside`."""
    with _great_expectations(connection) as source:
        return [
            finding
            for table in tables
            for finding in _judge_table(connection, contract, table, tables, source)
        ]


def _judge_table(connection, contract, table, tables, source) -> list[Finding]:
    import great_expectations as gx
    from sqlalchemy.exc import SQLAlchemyError

    name = f"judged_{table.name}"
    checks = {}
    for number, check in enumerate(suite(contract, table, tables)):
        check.meta = (check.meta or {}) | {"number": number}
        checks[number] = check
    asset = source.add_table_asset(name=name, table_name=name)
    batch = asset.add_batch_definition_whole_table("all").get_batch()

    def run(numbers, result_format):
        chosen = gx.ExpectationSuite(name, expectations=[checks[number] for number in numbers])
        try:
            results = batch.validate(chosen, result_format=result_format).results
        except (gx.exceptions.GreatExpectationsError, SQLAlchemyError):
            raise JudgingError(f"{contract.feed}.{table.name} cannot be judged.") from None
        if connection.broken:
            raise psycopg.OperationalError("The connection was lost while judging.")
        for result in results:
            if _raised(result.exception_info):
                rule = result.expectation_config.meta["rule"]
                raise JudgingError(f"{contract.feed}.{table.name}: {rule} cannot be judged.")
        return {result.expectation_config.meta["number"]: result for result in results}

    broken = sorted(number for number, it in run(checks, COUNTS_ONLY).items() if not it.success)
    by_column = [number for number in broken if hasattr(checks[number], "column")]
    found = run(by_column, WITH_QUERIES) if by_column else {}
    findings = []
    for number in broken:
        if number in found:
            query = found[number].result["unexpected_index_query"].strip().rstrip(";")
        else:
            query = checks[number].unexpected_rows_query.format(batch=name)
        findings.append(_finding(connection, table, checks[number].meta, query))
    return findings + [
        limit
        for finding in findings
        if finding.rule == "is_readable" and table.column(finding.column).date_formats
        for limit in _unreadable_dates(connection, contract, table, finding)
    ]


def _unreadable_dates(connection, contract: Contract, table: Table, finding: Finding):
    """Dates are read as nothing one by one; but a column of them is a format nobody agreed."""
    (filled,) = connection.execute(
        sql.SQL("select count(*) from {} where {} is not null or {}").format(
            sql.Identifier(f"judged_{table.name}"),
            sql.Identifier(finding.column),
            sql.Identifier(f"{finding.column}__unreadable"),
        )
    ).fetchone()
    if filled >= LEAST and finding.row_count > contract.quarantine_limit * filled:
        yield Finding(
            table=table.name,
            column=finding.column,
            rule="dates_are_readable",
            kind="delivery",
            row_count=finding.row_count,
            first_row_number=finding.first_row_number,
            message=f"{table.name}.csv: column {finding.column}: {finding.row_count} of {filled}"
            " dates have none of the agreed formats"
            f" {', '.join(table.column(finding.column).date_formats)}. Send one of them, or agree"
            " another in date_format.csv.",
        )


def _raised(information: dict) -> bool:
    """Whether an expectation failed to run, by what is said of it or of its metrics."""
    return any(
        part.get("raised_exception")
        for part in (information, *information.values())
        if isinstance(part, dict)
    )


def _finding(connection, table: Table, meta: dict, query: str) -> Finding:
    """Count what a rule's own SQL selects, and set the rows aside when the rule says so."""
    column, rule = meta.get("column"), meta["rule"]
    count = first = None
    if meta["kind"] == "row":
        connection.execute(
            sql.SQL("insert into set_aside select {}, _row_number, {} from (").format(
                table.name, f"{column}.{rule}" if column else rule
            )
            + sql.SQL(query)
            + sql.SQL("\n) as broken")
        )
    if meta["kind"] != "delivery" or meta.get("counts_rows"):
        count, first = connection.execute(
            sql.SQL("select count(*), min(_row_number) from (")
            + sql.SQL(query)
            + sql.SQL("\n) as broken")
        ).fetchone()
    if meta.get("names_columns"):
        names = connection.execute(
            sql.SQL("select string_agg(column_name, ', ' order by column_name) from (")
            + sql.SQL(query)
            + sql.SQL("\n) as broken")
        ).fetchone()[0]
    where = f"{table.name}.csv" + (f": column {column}" if column else "")
    where += f": {names}" if meta.get("names_columns") else ""
    rows = f": {count} rows, first data row {first}" if count else ""
    return Finding(
        table=table.name,
        column=column,
        rule=rule,
        kind=meta["kind"],
        row_count=count,
        first_row_number=first,
        message=f"{where}{rows}: {meta['message']}",
        is_plausibility=bool(meta.get("is_plausibility")),
    )


# The suite


def suite(contract: Contract, table: Table, tables: list[Table]) -> list:
    """The expectations of a table: from its contract, then from `expectations/<feed>.py`."""
    return [
        *(check for column in table.columns for check in _of_column(contract, column)),
        *_of_references(table, tables),
        *_of_table(contract, table),
        *_hand_written(contract.feed, table.name),
    ]


def _of_column(contract: Contract, column: Column):
    from great_expectations.expectations import (
        ExpectColumnValuesToBeNull,
        ExpectColumnValuesToNotBeNull,
    )

    def meta(rule, kind, message, **more):
        return {"rule": rule, "kind": kind, "column": column.name, "message": message} | more

    if column.is_required:
        yield ExpectColumnValuesToNotBeNull(
            column=f"{column.name}__given" if _reading(column) else column.name,
            meta=meta("is_filled", "row", "must be filled. Fill it, or leave the row out."),
        )
    if _reading(column):
        is_dated = column.date_formats and f" as {' or '.join(column.date_formats)}"
        yield ExpectColumnValuesToBeNull(
            column=f"{column.name}__unreadable",
            meta=meta(
                "is_readable",
                "row" if column.is_required else "value",
                f"must be {WORDS[column.rule if column.rule in BY_RULE else column.type]}"
                f"{is_dated or ''}. Correct it at the source"
                f"{', or agree its format in date_format.csv' if is_dated else ''}.",
            ),
        )
    if is_ambiguous(column.date_formats):
        yield ExpectColumnValuesToBeNull(
            column=f"{column.name}__ambiguous",
            meta=meta(
                "is_read_one_way",
                "delivery",
                f"two of the agreed formats {' and '.join(column.date_formats)} read one value as"
                " different days. Agree one in date_format.csv.",
                counts_rows=True,
            ),
        )
    if column.code_list:
        yield ExpectColumnValuesToBeNull(
            column=f"{column.name}__unknown",
            meta=meta(
                "is_a_known_code", "value", "is not in the agreed code list. Send the code, or have"
                " it mapped."
            ),
        )  # fmt: skip
    if column.max_length and not _reading(column):
        yield ExpectColumnValuesToBeNull(
            column=f"{column.name}__long",
            meta=meta(
                "fits_its_length",
                "value",
                f"must have at most {column.max_length} characters. Correct it at the source.",
            ),
        )
    if column.pattern:
        yield ExpectColumnValuesToBeNull(
            column=f"{column.name}__misshapen",
            meta=meta(
                "has_its_shape", "value", f"must have the shape {column.pattern}. Correct it."
            ),
        )


def _of_references(table: Table, tables: list[Table]):
    from great_expectations.expectations import UnexpectedRowsExpectation

    present = {other.name for other in tables}
    for column in table.columns:
        other, _, key = (column.refers_to or "").partition(".")
        if other not in present:
            continue
        yield UnexpectedRowsExpectation(
            # names come from the contract, here and below
            unexpected_rows_query="select _row_number from (select * from {batch}) as judged"  # noqa: S608
            f" where judged.{column.name} is not null and not exists (select from judged_{other}"
            f" as other where other.{key} = judged.{column.name})",
            meta={
                "rule": "refers_to_a_row",
                "kind": "value",
                "column": column.name,
                "message": f"names no row of {other}.csv. Send that row too.",
            },
        )


def _of_table(contract: Contract, table: Table):
    from great_expectations.expectations import UnexpectedRowsExpectation

    key = ", ".join(table.key)
    filled = " and ".join(f"{column} is not null" for column in table.key)
    yield UnexpectedRowsExpectation(
        unexpected_rows_query=f"select _row_number from {{batch}} where ({key}) in"  # noqa: S608
        f" (select {key} from {{batch}} where {filled} group by {key} having count(*) > 1)",
        meta={
            "rule": "key_is_unique",
            "kind": "row",
            "message": f"rows with one {' and '.join(table.key)} say different things. Send one.",
        },
    )
    yield _columns_still_filled(contract, table)
    for rule in table.rules:
        condition = rule.breaks_when.replace("{", "{{").replace("}", "}}")
        yield UnexpectedRowsExpectation(
            unexpected_rows_query=f"select _row_number from {{batch}} where {condition}",  # noqa: S608
            meta={
                "rule": rule.name,
                "kind": "row" if rule.effect == "quarantine" else "value",
                "message": f"{rule.description} Correct it at the source.",
            },
        )


def _columns_still_filled(contract: Contract, table: Table):
    """A column that senders lose, by name or by content, takes what hangs on it silently along."""
    from great_expectations.expectations import UnexpectedRowsExpectation

    filled = ", ".join(f"count({column.name}) as {column.name}" for column in table.columns)
    name = f"raw_{contract.feed}.{table.name}"
    return UnexpectedRowsExpectation(
        unexpected_rows_query=f"""
        select before.key as column_name
        from jsonb_each_text(
            (select to_jsonb(filled) from (select {filled} from {name}_in_force) as filled)
        ) as before
        where before.value::bigint >= {LEAST} and (
            select now.value::bigint from jsonb_each_text(
                (select to_jsonb(filled) from (select {filled} from {name}_arrival) as filled)
            ) as now where now.key = before.key
        ) = 0
            and exists (select from {{batch}})
        """,  # noqa: S608
        meta={
            "rule": "columns_are_still_filled",
            "kind": "delivery",
            "is_plausibility": True,
            "names_columns": True,
            "message": "filled in the delivery in force, and empty or missing in every row now."
            " Send it, or say that it has ended.",
        },
    )


def _hand_written(feed: str, table: str) -> list:
    """A module of the feed's name says what its contract cannot; a feed need not have one."""
    if not (ROOT / "expectations" / f"{feed}.py").exists():
        return []
    return list(getattr(importlib.import_module(f"expectations.{feed}"), table.upper(), ()))


# The typed table


def _judged_sql(contract: Contract, table: Table) -> str:
    """Each value is read once, in the inner query; what is said of it comes from the reading."""
    mentioned = set(re.findall(r"\w+", " ".join(rule.breaks_when for rule in table.rules)))
    mentioned |= set(_referred(contract, table.name))
    inner = [f"{row_hash_sql(table)} as _row_hash"]
    outer = ["_row_number", "_row_hash"]
    for column in table.columns:
        inner += _readings_sql(column, column.name in mentioned)
        outer += _marks_sql(column, column.name in mentioned)
    return (
        f"create temporary table judged_{table.name} on commit drop as\nselect\n    "
        + ",\n    ".join(outer)
        + "\nfrom (\n    select\n        arrival.*,\n        "
        + ",\n        ".join(inner)
        # offset keeps the planner from writing each reading wherever it is used
        + f"\n    from raw_{contract.feed}.{table.name}_arrival as arrival\n    offset 0\n"
        + ") as arrival"
    )


def _readings_sql(column: Column, is_mentioned: bool):
    if _reading(column):
        yield f"{_reading(column)} as {column.name}__read"
    if column.code_list or column.pattern or _is_kept(column, is_mentioned):
        yield f"{_cleaned(column)} as {column.name}__clean"


def _marks_sql(column: Column, is_mentioned: bool):
    name = column.name
    if _reading(column):
        unreadable = f"{name}__read is null and {_cleaned(column)} is not null"
        value = f"{name}__read"
        if column.sentinel_dates:
            days = ", ".join(f"'{day}'" for day in column.sentinel_dates)
            value = f"case when {value} not in ({days}) then {value} end"
        yield f"{value} as {name}"
        yield f"case when {unreadable} then true end as {name}__unreadable"
        if column.is_required:
            given = f"{value} is not null or {unreadable}"
            yield f"case when {given} then true end as {name}__given"
    elif _is_kept(column, is_mentioned):
        yield f"{name}__clean as {name}"
    if is_ambiguous(column.date_formats):
        readings = f"parse.date_readings({name}, {_formats(column)})"
        yield f"case when {readings} > 1 then true end as {name}__ambiguous"
    if column.code_list:
        codes = f"select code from code_list where list = '{_list_name(column)}'"  # noqa: S608
        yield f"case when upper({name}__clean) not in ({codes}) then true end as {name}__unknown"
    if column.max_length and not _reading(column):
        yield f"case when length({name}) > {column.max_length} then true end as {name}__long"
    if column.pattern:
        misshapen = f"{name}__clean !~ '{column.pattern}'"
        yield f"case when {misshapen} then true end as {name}__misshapen"


def _is_kept(column: Column, is_mentioned: bool) -> bool:
    """Whether some rule asks for the text of a column that any text will do for."""
    asked = is_mentioned or column.is_required or column.is_key or column.refers_to
    return bool(asked and not _reading(column))


def _cleaned(column: Column) -> str:
    reader = "parse.name" if column.rule == "person_name" else "parse.clean"
    return f"{reader}(arrival.{column.name})"


def _reading(column: Column) -> str | None:
    """SQL that reads the column's text as what it must be; none when any text will do."""
    form = BY_RULE.get(column.rule) or BY_TYPE.get(column.type)
    return form and form.format(f"arrival.{column.name}", _formats(column))


def _formats(column: Column) -> str:
    return "array[" + ", ".join(f"'{text}'" for text in column.date_formats) + "]"


def is_ambiguous(formats) -> bool:
    """Whether two of the formats have one shape, so that a text can have both."""
    shapes = [re.sub(r"YYYY|MM|DD|HH24|MI|SS", lambda m: "0" * len(m[0]), f) for f in formats]
    return len(set(shapes)) < len(shapes)


def _referred(contract: Contract, table: str):
    for other in contract.tables:
        for column in other.columns:
            name, _, key = (column.refers_to or "").partition(".")
            if name == table:
                yield key


def _list_name(column: Column) -> str:
    codes = column.code_list
    return f"{codes.seed}#{codes.scheme or ''}" if codes.seed else "|".join(codes.values)


def _codes(tables: list[Table]):
    """Every code that a column of these tables may hold, by list, in upper case."""
    lists = {
        _list_name(column): column.code_list
        for table in tables
        for column in table.columns
        if column.code_list
    }
    for name, codes in lists.items():
        for code in codes.values or _seed_codes(codes.seed, codes.scheme):
            yield name, code.upper()


def _seed_codes(seed: str, scheme: str | None):
    with (ROOT / "seeds" / "reference" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if scheme in (None, row.get("source_scheme")):
                yield row["source_code"]


# Great Expectations


class _Borrowed:
    """Our connection, lent to SQLAlchemy: it may neither end our transaction nor close it."""

    def __init__(self, connection: psycopg.Connection):
        self._connection = connection

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def commit(self):
        pass

    rollback = close = commit


@contextmanager
def _great_expectations(connection: psycopg.Connection):
    """A data source over our connection, in a context that keeps nothing and tells nobody."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # its messages quote queries
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations as gx
            from sqlalchemy.pool import StaticPool

            context = gx.get_context(mode="ephemeral")
            context.variables.progress_bars = {"globally": False}
            yield context.data_sources.add_sql(
                "warehouse",
                connection_string="postgresql+psycopg://",
                create_temp_table=False,
                kwargs={
                    "creator": lambda: _Borrowed(connection),
                    "poolclass": StaticPool,
                    "use_native_hstore": False,
                },
            )
    finally:
        logger.setLevel(level)
