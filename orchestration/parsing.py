"""From one file to rows of text in its arrival table: strictly, by header name, in constant memory.

Encoding, delimiter and header are checked, not guessed. A cell that is empty is null. Messages give
positions and names of the contract, never a header or value as supplied.
"""

import codecs
import csv
import difflib
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

import psycopg
from psycopg import sql

from expectations.contract import Table, header_key
from orchestration.receiving import File, RefusedError, UnfinishedError, open_plain, refusal

LONGEST_FIELD = 8192
CHUNK = 1 << 20
BATCH = 2000
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
MARKS = {
    codecs.BOM_UTF8: ("utf-8-sig", "utf-8 with mark"),
    codecs.BOM_UTF16_LE: ("utf-16", "utf-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "utf-16"),
}
# what windows-1252 read as latin-1, or a byte out of place, leaves behind
CONTROLS = re.compile("[\x80-\x9f]")
CHARACTER_OF_UTF_8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


@dataclass
class Parsed:
    """What one file was found to hold."""

    table: str
    encoding: str = "utf-8"
    row_count: int = 0
    unagreed_positions: list[int] = field(default_factory=list)
    absent_columns: list[str] = field(default_factory=list)
    rows_with_nul: list[int] = field(default_factory=list)


def land_file(connection: psycopg.Connection, feed: str, table: Table, file: File) -> Parsed:
    """Copy a file into `raw_<feed>.<table>_arrival`, or raise RefusedError with why not."""
    parsed = Parsed(table.name)
    try:
        codec, has_nul = _inspect(file, parsed)
    except FileNotFoundError:
        raise UnfinishedError from None
    with _short_fields(), open_plain(file.path) as stream:
        text = io.TextIOWrapper(stream, encoding=codec, newline="")
        reader = csv.reader(text, strict=True)
        try:
            header = next(reader, [])
            positions = _positions(table, header, parsed)
            rows = _checked(reader, len(header), table.name)
            rows = _without_nul(rows, parsed) if has_nul else rows
            _copy(connection, feed, table, positions, rows, parsed)
        except csv.Error as error:
            raise RefusedError(_not_csv(table.name, reader.line_num, error)) from None
    if file.row_count not in (None, parsed.row_count):
        raise RefusedError(
            refusal(
                "count_mismatch",
                f"{table.name}.csv has {parsed.row_count} rows, manifest.json says"
                f" {file.row_count}. Send both again.",
                table.name,
                row_count=parsed.row_count,
            )
        )
    return parsed


def _inspect(file: File, parsed: Parsed) -> tuple[str, bool]:
    """One pass over the bytes: the encoding, and whether a NUL is among them."""

    def refused(rule: str, message: str) -> RefusedError:
        return RefusedError(refusal(rule, f"{file.table}.csv {message}", file.table))

    with open_plain(file.path) as stream:
        first = stream.read(CHUNK)
        if not first:
            raise refused("empty_file", "is empty. Send at least its header and rows.")
        codec, parsed.encoding = next(
            (MARKS[mark] for mark in MARKS if first.startswith(mark)), ("utf-8", "utf-8")
        )
        if not _decodes(stream, codec):
            if codec != "utf-8" or _holds_utf_8(stream):
                raise refused("encoding_unknown", "mixes encodings, or is cut within a character."
                              " Send it as UTF-8.")  # fmt: skip
            codec, parsed.encoding = "cp1252", "windows-1252"
            if not _decodes(stream, codec):
                raise refused("encoding_unknown", "is neither UTF-8 nor Windows-1252. Send UTF-8.")
        has_nul, last = False, b""
        stream.seek(0)
        decode = codecs.getincrementaldecoder(codec)().decode
        while chunk := stream.read(CHUNK):
            text = decode(chunk)
            has_nul = has_nul or "\0" in text
            if not text.isascii() and CONTROLS.search(text):
                raise refused(
                    "control_characters",
                    "holds control characters: it was converted from one encoding to another"
                    " wrongly. Send it as UTF-8, straight from the system.",
                )
            if len(chunk) == CHUNK and "\n" not in text and "\r" not in text:
                raise refused("line_too_long", "has a line of more than a million characters.")
            last = text[-1:] or last
        if file.sha256 is None and last not in ("\n", "\r"):
            raise refused(
                "cut_short",
                "does not end with the end of a line: it may be cut short. Send it whole, or with"
                " a manifest.",
            )
    return codec, has_nul


def _decodes(stream, codec: str) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        while chunk := stream.read(CHUNK):
            if codec != "utf-8" or not chunk.isascii():
                decoder.decode(chunk)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _holds_utf_8(stream) -> bool:
    stream.seek(0)
    return any(CHARACTER_OF_UTF_8.search(chunk) for chunk in iter(lambda: stream.read(CHUNK), b""))


@contextmanager
def _short_fields():
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _positions(table: Table, header: list[str], parsed: Parsed) -> dict[str, int]:
    """Where each column of the contract is in the file, from 0."""
    found: dict[str, int] = {}
    twice, unmatched = [], []
    for position, text in enumerate(header):
        column = table.column_for(text)
        if column is None:
            unmatched.append(position)
        elif column.name in found:
            twice.append((column.name, position))
        else:
            found[column.name] = position
    _check_delimiter(table, header, found)
    if twice:
        raise RefusedError(
            *(
                refusal(
                    "column_twice",
                    f"{table.name}.csv: positions {found[name] + 1} and {position + 1} both mean"
                    f" {name}. Send it once.",
                    table.name,
                    column=name,
                )
                for name, position in twice
            )
        )
    absent = [column for column in table.columns if column.name not in found]
    wrong = []
    for column in absent:
        near = _nearest(column, header, unmatched)
        if near is not None:
            wrong.append(
                refusal(
                    "column_misspelt",
                    f"{table.name}.csv: the header at position {near + 1} is not in the contract:"
                    f" did you mean {column.name}? Correct it, or enter the spelling in"
                    " header_alias.csv.",
                    table.name,
                    column=column.name,
                )
            )
        elif column.is_required:
            wrong.append(
                refusal(
                    "column_missing",
                    f"{table.name}.csv: the header names no column {column.name}, which every row"
                    " needs. Send it.",
                    table.name,
                    column=column.name,
                )
            )
    if not found and not wrong:
        wrong.append(
            refusal("column_missing", f"{table.name}.csv: the header names no column.", table.name)
        )
    if wrong:
        raise RefusedError(*wrong)
    parsed.unagreed_positions = [position + 1 for position in unmatched]
    parsed.absent_columns = [column.name for column in absent]
    return found


def _check_delimiter(table: Table, header: list[str], found: dict[str, int]) -> None:
    """More columns are known when the header is split at something else than commas."""
    for delimiter, name in DELIMITERS.items():
        split = delimiter.join(header).split(delimiter)
        if len(split) > len(header) and len(found) < len(
            {table.column_for(text.strip('"')) for text in split} - {None}
        ):
            raise RefusedError(
                refusal(
                    "wrong_delimiter",
                    f"{table.name}.csv: line 1: columns are separated by {name}. Separate them by"
                    " commas.",
                    table.name,
                )
            )


def _nearest(column, header: list[str], unmatched: list[int]) -> int | None:
    """The position of a header that is nearly a spelling of the column."""
    spellings = [header_key(text) for text in column.headers]
    scored = [
        (
            max(
                difflib.SequenceMatcher(None, spelling, header_key(header[position])).ratio()
                for spelling in spellings
            ),
            position,
        )
        for position in unmatched
        if len(header[position]) < 100
    ]
    best = max(scored, default=(0.0, 0))
    return best[1] if best[0] >= 0.85 else None


def _checked(reader, width: int, table: str):
    """Data rows, each as wide as the header. Blank lines are no rows."""
    for row in reader:
        if len(row) == width:
            yield row
        elif row:
            raise RefusedError(
                refusal(
                    "row_too_short" if len(row) < width else "row_too_long",
                    f"{table}.csv: line {reader.line_num}: {len(row)} columns where the header has"
                    f" {width}: the file is cut short, or a comma is not quoted. Send it whole.",
                    table,
                    row_count=1,
                )
            )


def _without_nul(rows, parsed: Parsed):
    """PostgreSQL stores no NUL: a mark stands for it in the row, which is set aside."""
    for number, row in enumerate(rows, start=1):
        if any("\0" in cell for cell in row):
            parsed.rows_with_nul.append(number)
            row = [cell.replace("\0", "\ufffd") for cell in row]
        yield row


def _copy(connection, feed: str, table: Table, positions, rows, parsed: Parsed) -> None:
    names = sorted(positions, key=positions.get)
    first = positions[names[0]]
    # an itemgetter of one position gives no tuple; of a slice it gives a list
    rest = itemgetter(*map(positions.get, names)) if len(names) > 1 else None
    pick = rest or itemgetter(slice(first, first + 1))
    statement = sql.SQL("copy {} (_row_number, {}) from stdin (format csv)").format(
        sql.Identifier(f"raw_{feed}", f"{table.name}_arrival"),
        sql.SQL(", ").join(map(sql.Identifier, names)),
    )
    number = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while batch := list(islice(rows, BATCH)):
            buffer = io.StringIO()
            numbered = enumerate(batch, start=number + 1)
            csv.writer(buffer, lineterminator="\r\n").writerows(
                (n, *pick(row)) for n, row in numbered
            )
            copy.write(buffer.getvalue())
            number += len(batch)
    parsed.row_count = number


def _not_csv(table: str, line: int, error: csv.Error):
    if "field larger" in str(error):
        return refusal(
            "field_too_long",
            f"{table}.csv: line {line}: a field of more than {LONGEST_FIELD} characters. Is a quote"
            " not closed?",
            table,
        )
    return refusal(
        "not_csv",
        f"{table}.csv: line {line}: a quote is not closed, or text follows a closed one. Double the"
        " quotes within a field.",
        table,
    )
