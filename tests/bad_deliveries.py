"""Deliveries gone wrong, as data: each fault by name, what makes it, and what must become of it.

`Draft` is a good delivery, of the housing feed unless it names another. A fault changes its rows,
its bytes before the manifest is made (the sender's own fault), or its folder after (the
transport's fault).
Everything in a draft that could name somebody holds one of CANARIES, which no message may repeat.
"""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from expectations import contract

FEED = "housing"
FIRST, SECOND, THIRD = "2026-01-28T2015", "2026-01-29T2015", "2026-01-30T2015"
CANARIES = ("Quillfeather", "Zanzibar Mews", "ZZ9Plural", "thistlewick@", "T7700")
ROWS = 60


# what columns of other feeds hold, by row number, where a tenancy would not do
OF_FEED = {
    "llpg": {
        "address_line": "{} Zanzibar Mews", "class_code": "RD04", "la_code_gss": "E08999001",
        "status": "approved",
    },
    "council_tax_liability": {"account_ref": "T7700{:04}", "discount_type": "single_person"},
    "neighbouring_council": {
        "source_person_id": "E08999002-T7700{:04}", "person_id": "E08999002-T7700{:04}",
        "related_person_id": "E08999002-T7700{:04}", "relationship_code": "EXT",
    },
}  # fmt: skip


def nothing(_):
    """Leave it as it is."""


@dataclass
class Draft:
    """A good delivery: 60 rows in each table; of housing, tenancies with a member and an event."""

    feed: str = FEED
    when: str = THIRD
    rows: int = ROWS
    has_manifest: bool = True
    manifest: dict = field(default_factory=dict)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)

    def __post_init__(self):
        """Fill every column of the contract."""
        for table in contract.load(self.feed, council=None).tables:
            names = [column.name for column in table.columns]
            self.tables[table.name] = [names] + [
                [
                    OF_FEED.get(self.feed, {}).get(column.name, "").format(number)
                    or _cell(table.name, column, number)
                    for column in table.columns
                ]
                for number in range(self.rows)
            ]

    def header(self, table="tenancy") -> list[str]:
        """The header, to change in place."""
        return self.tables[table][0]

    def position(self, column: str, table="tenancy") -> int:
        """Where a column is."""
        return self.header(table).index(column)

    def put(self, column: str, value: str, table="tenancy", rows=(0,)) -> None:
        """Write a value into data rows, counted from 0."""
        for row in rows:
            self.tables[table][row + 1][self.position(column, table)] = value

    def drop(self, column: str, table="tenancy") -> None:
        """Leave a column out."""
        position = self.position(column, table)
        for row in self.tables[table]:
            del row[position]

    def reorder(self, order: Callable[[list], list]) -> None:
        """Put the columns of every table into another order."""
        for rows in self.tables.values():
            positions = order(list(range(len(rows[0]))))
            rows[:] = [[row[position] for position in positions] for row in rows]

    def write(self, landing: Path, before_sealing=nothing, after_sealing=nothing) -> Path:
        """Write it below the landing folder. Returns its folder."""
        folder = landing / self.feed / self.when
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, rows in self.tables.items():
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            (folder / f"{name}.csv").write_bytes(text.getvalue().encode())
        before_sealing(folder)
        if self.has_manifest:
            text = json.dumps(self._sealed(folder), indent=1)
            (folder / "manifest.json").write_text(text, encoding="utf-8")
        after_sealing(folder)
        return folder

    def _sealed(self, folder: Path) -> dict:
        day = self.when[:10]
        files = {path.stem: path for path in folder.glob("*.csv") if path.stem in self.tables}
        return {
            "feed": self.feed,
            "contract_version": "1.0.0",
            "council": "demo",
            "la_code_gss": "E08999001",
            "source_system": "nec_housing",
            "extracted_at": f"{day}T20:15:00+00:00",
            "coverage_start": "2020-01-28",
            "coverage_end": day,
            "coverage_area": ["E08999001"],
            "mode": "full",
            "tables": {
                name: {
                    "row_count": len(self.tables[name]) - 1,
                    "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                }
                for name, path in files.items()
            },
            "empty_ok": False,
        } | self.manifest


def _cell(table: str, column: contract.Column, number: int) -> str:
    key = f"T7700{number:04}"
    special = {
        "tenancy_ref": key,
        "person_ref": f"P{key}",
        "source_person_id": f"P{key}",
        "event_id": f"E{key}",
        "tenure_code": "SEC",
        "relationship_to_lead": "P",
        "family_name": f"Quillfeather{number}",
        "given_name": "Ada",
        "address_line_1": f"{number} Zanzibar Mews",
        "is_organisation": "N",
        "postcode": "ZX1 0AA",
        "uprn": str(900000000001 + number),
        "address_type": "home",
        "is_sensitive": "N",
        "email": f"thistlewick@{number}.example.org",
        "status": "open",
        "role": "lead_tenant",
        "event_type": "rent_arrears",
        "title": "",
        "middle_names": "",
        "telephone": "03069 990004",
        "patch": "ZZ9Plural",
        "balance": "12.50",
        "weekly_rent": "95",
    }
    if column.name in special:
        return special[column.name]
    if column.date_formats:
        return "" if column.name.startswith(("end", "closed", "exp")) else "05/01/2026"
    return ""


@dataclass(frozen=True)
class Fault:
    """One way to go wrong, and the outcome it must have."""

    name: str
    status: str  # as in the ledger, or waiting, or not looked at
    rule: str | None = None  # the rule that a finding must name
    says: tuple[str, ...] = ()  # words that its message must hold
    kind: str = "delivery"
    rows: Callable[[Draft], None] = nothing
    before_sealing: Callable[[Path], None] = nothing
    after_sealing: Callable[[Path], None] = nothing
    manifest: dict = field(default_factory=dict)
    has_manifest: bool = True
    comes_first: bool = True  # no good delivery is in force before it
    count: int | None = None  # rows that the finding counts
    quiet_seconds: float = 0


def _edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder):
        path = folder / f"{name}.csv"
        path.write_bytes(change(path.read_bytes()))

    return apply


def _recode(encoding: str, change=lambda text: text, mark=b""):
    return _edit("tenancy", lambda content: mark + change(content.decode()).encode(encoding))


def _last_line(change):
    return _edit("tenancy", lambda content: b"\n".join(change(content.split(b"\n"))))


def _put(column, value, table="tenancy", rows=(0,)):
    return lambda draft: draft.put(column, value, table, rows)


def _rename(column, header, table="tenancy"):
    def apply(draft):
        draft.header(table)[draft.position(column, table)] = header

    return apply


def _extra(draft):
    for number, row in enumerate(draft.tables["tenancy"]):
        row.insert(2, f"Quillfeather{number}")


def _twice(draft):
    for row in draft.tables["tenancy"]:
        row.append(row[0])


def _fewer(table, keep):
    def apply(draft):
        del draft.tables[table][keep + 1 :]

    return apply


def _more(table, times):
    def apply(draft):
        rows = draft.tables[table][1:]
        position = draft.position("event_id", table)
        for turn in range(times):
            for row in rows:
                copied = list(row)
                copied[position] += f"x{turn}"
                draft.tables[table].append(copied)

    return apply


def _link(folder):
    (folder / "tenancy.csv").rename(folder.parent.parent / "elsewhere.csv")
    (folder / "tenancy.csv").symlink_to(folder.parent.parent / "elsewhere.csv")


def _linked_folder(folder):
    folder.rename(folder.parent.parent / "elsewhere")
    folder.symlink_to(folder.parent.parent / "elsewhere")


def _part(folder):
    folder.rename(folder.with_suffix(".part"))


def _file(name, text="x\n"):
    return lambda folder: (folder / name).write_text(text)


def _folder_within(folder):
    (folder / "Quillfeather").mkdir()


def _no_file(name):
    return lambda folder: (folder / f"{name}.csv").unlink()


def _upper_case_too(folder):
    shutil.copy(folder / "tenancy.csv", folder / "Tenancy.CSV")


REFUSED, IN_FORCE, WAITING = "refused", "in_force", "waiting"
ALL = range(ROWS)

FAULTS = [
    # the folder
    Fault("an unknown file", REFUSED, "unknown_file", ("tenancy.csv",),
          after_sealing=_file("Quillfeather.csv")),
    Fault("a folder in the folder", REFUSED, "unknown_file", ("files only",),
          after_sealing=_folder_within),
    Fault("a link to a file elsewhere", REFUSED, "link", after_sealing=_link),
    Fault("a delivery that is a link", REFUSED, "link", after_sealing=_linked_folder),
    Fault("one table in two files", REFUSED, "table_twice", after_sealing=_upper_case_too),
    Fault("a missing file", REFUSED, "file_missing", ("member.csv",),
          before_sealing=_no_file("member")),
    Fault("an upload with its working name", "not looked at", after_sealing=_part),
    Fault("an upload of which one file has its working name", WAITING,
          after_sealing=_file("event.csv.part")),
    Fault("half-written, without a manifest", WAITING, has_manifest=False, quiet_seconds=60),
    Fault("half-written, with a manifest that came first", WAITING, quiet_seconds=60,
          after_sealing=_last_line(lambda lines: lines[:20])),
    # the manifest
    Fault("a file that was cut short on its way", REFUSED, "hash_mismatch", ("tenancy.csv",),
          after_sealing=_last_line(lambda lines: lines[:20])),
    Fault("a file that is not the one described", REFUSED, "hash_mismatch", ("event.csv",),
          after_sealing=_edit("event", lambda content: content.replace(b"open", b"shut"))),
    Fault("a count that differs", REFUSED, "count_mismatch", ("tenancy.csv has 59 rows", "60"),
          before_sealing=_last_line(lambda lines: [*lines[:60], b""])),
    Fault("a manifest that is no JSON", REFUSED, "manifest_unreadable",
          after_sealing=_file("manifest.json", "{'feed': Quillfeather")),
    Fault("a file that the manifest does not list", REFUSED, "manifest_mismatch",
          manifest={"tables": {}}),
    Fault("another council's delivery", REFUSED, "wrong_council", ("E08999001",),
          manifest={"la_code_gss": "E08000035"}),
    Fault("another feed's delivery", REFUSED, "wrong_feed", ("housing",),
          manifest={"feed": "Quillfeather"}),
    Fault("a contract version of the future", REFUSED, "unknown_contract_version", ("1.0.0",),
          manifest={"contract_version": "1.4.0"}),
    Fault("only what changed", REFUSED, "unknown_mode", manifest={"mode": "delta"}),
    Fault("a coverage that ends before it starts", REFUSED, "coverage_impossible",
          manifest={"coverage_end": "2019-01-01"}),
    Fault("an extract time without a zone", REFUSED, "manifest_unreadable", ("extracted_at",),
          manifest={"extracted_at": "2026-01-30T20:15:00"}),
    Fault("an extract time in the future", REFUSED, "extracted_in_future",
          manifest={"extracted_at": "2026-02-01T02:00:00+00:00"}),
    # the file
    Fault("an empty file", REFUSED, "empty_file", ("tenancy.csv",),
          before_sealing=_edit("tenancy", lambda content: b"")),
    Fault("a header and no rows", REFUSED, "no_rows", ("tenancy.csv",),
          rows=_fewer("tenancy", 0)),
    Fault("a file cut within its last row", REFUSED, "row_too_short", ("tenancy.csv: line 61:",),
          before_sealing=_edit("tenancy", lambda content: content[:-80])),
    Fault("a file cut within its last field", REFUSED, "cut_short", has_manifest=False,
          before_sealing=_edit("tenancy", lambda content: content[:-3])),
    Fault("a comma that is not quoted", REFUSED, "row_too_long", ("line 2:",),
          before_sealing=_edit("tenancy", lambda c: c.replace(b"0 Zanz", b"0, Zanz", 1))),
    Fault("a title above the header", REFUSED, "column_missing", ("tenancy_ref",),
          before_sealing=_edit("tenancy", lambda content: b"Quillfeather report\n" + content)),
    Fault("a total below the rows", REFUSED, "row_too_short", ("line 62:",),
          before_sealing=_edit("tenancy", lambda content: content + b"Total,60\n")),
    Fault("semicolons", REFUSED, "wrong_delimiter", ("semicolons", "line 1"),
          before_sealing=_recode("utf-8", lambda text: text.replace(",", ";"))),
    Fault("tabs", REFUSED, "wrong_delimiter", ("tabs",),
          before_sealing=_recode("utf-8", lambda text: text.replace(",", "\t"))),
    Fault("bars", REFUSED, "wrong_delimiter", ("bars",),
          before_sealing=_recode("utf-8", lambda text: text.replace(",", "|"))),
    Fault("a quote that is never closed", REFUSED, "not_csv", ("quote",),
          before_sealing=_edit("tenancy", lambda c: c.replace(b",0 Zanz", b',"0 Zanz', 1))),
    Fault("a quote that is never closed in a long file", REFUSED, "field_too_long", ("quote",),
          before_sealing=_edit("tenancy", lambda c: c.replace(b",0 Zanz", b',"0 Zanz', 1) + c)),
    Fault("text after a closed quote", REFUSED, "not_csv", ("line 2:",),
          before_sealing=_edit("tenancy", lambda c: c.replace(b",0 Zanz", b',"0" Zanz', 1))),
    Fault("a field of ten thousand characters", REFUSED, "field_too_long", ("8192",),
          rows=_put("patch", "Quillfeather" * 900)),
    Fault("a line of two million characters", REFUSED, "line_too_long",
          before_sealing=_edit("tenancy", lambda content: content + b"Quillfeather" * 200_000)),
    Fault("encodings mixed", REFUSED, "encoding_unknown",
          before_sealing=_edit("tenancy", lambda c: c.replace(
              b"Plural", "Zoë".encode(), 1).replace(b"Plural", "Zoë".encode("cp1252"), 1))),
    Fault("no encoding at all", REFUSED, "encoding_unknown",
          before_sealing=_edit("tenancy", lambda c: c.replace(b"Plural", b"\x81\x8d\x9d", 1))),
    Fault("Windows-1252 taken for Latin-1 on its way", REFUSED, "control_characters",
          before_sealing=_edit("tenancy", lambda c: c.replace(
              b"Plural", "O\x92Neill".encode(), 1))),
    # the header
    Fault("a missing column", REFUSED, "column_missing", ("tenure_code",),
          rows=lambda draft: draft.drop("tenure_code")),
    Fault("a misspelt column", REFUSED, "column_misspelt",
          ("position 3", "did you mean tenure_code?"), rows=_rename("tenure_code", "tenur_code")),
    Fault("a misspelt column that no row needs", REFUSED, "column_misspelt",
          ("did you mean worker_email?",), rows=_rename("worker_email", "worker_emial")),
    Fault("a column twice", REFUSED, "column_twice", ("positions 1 and 27", "tenancy_ref"),
          rows=_twice),
    Fault("no header", REFUSED, "column_missing", rows=lambda d: d.tables["member"].pop(0)),
    # the rows
    Fault("a NUL character", IN_FORCE, "has_no_nul", ("first data row 3",), "row", count=1,
          rows=_put("patch", "Quill\0feather", rows=(2,))),
    Fault("a row without what it needs", IN_FORCE, "is_filled", ("tenure_code", "data row 5"),
          "row", count=1, rows=_put("tenure_code", " n/a ", rows=(4,))),
    Fault("a needed date that no format fits", IN_FORCE, "is_readable",
          ("start_date", "DD/MM/YYYY", "data row 1"), "row", count=1,
          rows=_put("start_date", "2026-01-05")),
    Fault("a date that no format fits", IN_FORCE, "is_readable", ("end_date", "DD/MM/YYYY"),
          "value", count=1, rows=lambda draft: (
              draft.put("end_date", "06/01/2026", rows=range(1, 40)),
              draft.put("end_date", "31/02/2026"))),
    Fault("a column of dates in another format", REFUSED, "dates_are_readable",
          ("date_of_birth", "date_format.csv"),
          rows=_put("date_of_birth", "1990-07-01", "member", ALL)),
    Fault("a code outside its list", IN_FORCE, "is_a_known_code", ("role",), "value", count=2,
          rows=_put("role", "Quillfeather", "member", rows=(7, 9))),
    Fault("a number that is none", IN_FORCE, "is_readable", ("nhs_number",), "value", count=1,
          rows=_put("nhs_number", "1234567890", "member")),
    Fault("the same row twice", IN_FORCE,
          rows=lambda draft: draft.tables["event"].append(list(draft.tables["event"][1]))),
    Fault("one key and two contents", IN_FORCE, "key_is_unique", ("tenancy_ref",), "row", count=2,
          rows=_put("tenancy_ref", "T77000001")),
    Fault("an end before the start", IN_FORCE, "ends_after_it_starts", (), "value", count=1,
          rows=_put("end_date", "04/01/2026")),
    Fault("a reference to nothing", IN_FORCE, "refers_to_a_row", ("tenancy.csv",), "value", count=1,
          rows=_put("tenancy_ref", "Quillfeather", "event")),
    Fault("more rows set aside than the contract allows", REFUSED, "quarantine_limit",
          ("4 of 60", "5%"), rows=_put("tenure_code", "", rows=range(4))),
    Fault("files of two extracts", REFUSED, "most_rows_refer", ("tenancy.csv",),
          rows=lambda draft: [draft.put("tenancy_ref", f"Q{n}", "member", (n,)) for n in ALL]),
    # against what is in force
    Fault("an older extract", REFUSED, "older_than_in_force", comes_first=False,
          manifest={"extracted_at": "2026-01-28T20:15:00+00:00", "coverage_end": "2026-01-28"}),
    Fault("a tenth of the rows", REFUSED, "volume_is_like_before", ("event.csv", "fell"),
          comes_first=False, rows=_fewer("event", 6)),
    Fault("ten times the rows", REFUSED, "volume_is_like_before", comes_first=False,
          rows=_more("event", 9)),
    Fault("one kind of event gone", REFUSED, "every_value_still_comes", ("event_type",),
          comes_first=False, rows=_put("event_type", "nsp", "event", ALL)),
    Fault("a column emptied", REFUSED, "columns_are_still_filled", ("postcode",),
          comes_first=False, rows=_put("postcode", "", rows=ALL)),
    Fault("a column gone that no row needs", REFUSED, "columns_are_still_filled", ("postcode",),
          comes_first=False, rows=lambda draft: draft.drop("postcode")),
    Fault("a file gone that need not come", REFUSED, "table_vanished", ("event.csv",),
          comes_first=False, before_sealing=_no_file("event")),
]  # fmt: skip


# of feeds that are no service: whoever is misread there leads to a wrong home
OTHER_FAULTS = [
    ("llpg", Fault(
        "a property without its number", IN_FORCE, "is_filled", ("uprn", "data row 5"), "row",
        rows=_put("uprn", "", "property", (4,)), count=1)),
    ("llpg", Fault(
        "a class that is none", IN_FORCE, "has_its_shape", ("class_code",), "value",
        rows=_put("class_code", "Quillfeather", "property", (4, 5)), count=2)),
    ("llpg", Fault(
        "a property that is its own shell", IN_FORCE, "is_not_its_own_parent", (), "value",
        rows=_put("parent_uprn", "900000000001", "property"), count=1)),
    ("llpg", Fault(
        "two properties of one number", IN_FORCE, "key_is_unique", ("uprn",), "row",
        rows=_put("uprn", "900000000002", "property"), count=2)),
    ("llpg", Fault(
        "half of the register", REFUSED, "volume_is_like_before", ("property.csv", "fell"),
        comes_first=False, rows=_fewer("property", 30))),
    ("llpg", Fault(
        "no header", REFUSED, "column_missing", ("uprn",),
        rows=lambda draft: draft.tables["property"].pop(0))),
    ("council_tax_liability", Fault(
        "nobody liable", IN_FORCE, "is_filled", ("family_name",), "row",
        rows=_put("family_name", "", "liability", (7,)), count=1)),
    ("council_tax_liability", Fault(
        "a discount of nobody's list", IN_FORCE, "is_a_known_code", ("discount_type",), "value",
        rows=_put("discount_type", "Quillfeather", "liability", (7, 9)), count=2)),
    ("council_tax_liability", Fault(
        "a ward of accounts gone", REFUSED, "volume_is_like_before", ("liability.csv", "fell"),
        comes_first=False, rows=_fewer("liability", 50))),
    ("council_tax_liability", Fault(
        "postcodes gone", REFUSED, "columns_are_still_filled", ("postcode",), comes_first=False,
        rows=_put("postcode", "", "liability", ALL))),
    ("neighbouring_council", Fault(
        "a number that does not say whose it is", IN_FORCE, "number_says_whose_it_is", (), "row",
        rows=_put("source_person_id", "T77000001", "person"), count=1)),
    ("neighbouring_council", Fault(
        "a tie across two neighbours", IN_FORCE, "numbers_are_of_one_neighbour", (), "row",
        rows=_put("person_id", "E08999003-T77000001", "relationship"), count=1)),
    ("neighbouring_council", Fault(
        "a neighbour that sends no more", REFUSED, "volume_is_like_before", ("person.csv", "fell"),
        comes_first=False, rows=_fewer("person", 30))),
]  # fmt: skip


@dataclass(frozen=True)
class Oddity:
    """A delivery that looks odd and is none the worse: all its rows come into force."""

    name: str
    rows: Callable[[Draft], None] = nothing
    before_sealing: Callable[[Path], None] = nothing
    has_manifest: bool = True
    encoding: str = "utf-8"
    unagreed: tuple[int, ...] = ()
    cell: tuple[str, str] | None = None  # a column of tenancy and what its first row must hold


ODDITIES = [
    Oddity("columns in another order", rows=lambda draft: draft.reorder(lambda o: o[::-1])),
    Oddity("an extra column", rows=_extra, unagreed=(3,)),
    Oddity("headers in other case and with spaces", rows=lambda draft: draft.header().__setitem__(
        slice(None), [f" {name.replace('_', ' ').upper()} " for name in draft.header()])),
    Oddity("a mark at the beginning", encoding="utf-8 with mark",
           before_sealing=_recode("utf-8", mark=b"\xef\xbb\xbf")),
    Oddity("UTF-16", encoding="utf-16", cell=("patch", "Zoë"),
           before_sealing=_recode("utf-16", lambda text: text.replace("ZZ9Plural", "Zoë"))),
    Oddity("Windows-1252", encoding="windows-1252", cell=("patch", "Zoë’s"),
           before_sealing=_recode("cp1252", lambda text: text.replace("ZZ9Plural", "Zoë’s"))),
    Oddity("lines as Windows ends them",
           before_sealing=_recode("utf-8", lambda text: text.replace("\n", "\r\n"))),
    Oddity("lines as old Macs ended them",
           before_sealing=_recode("utf-8", lambda text: text.replace("\n", "\r"))),
    Oddity("blank lines at the end",
           before_sealing=_edit("tenancy", lambda content: content + b"\n\r\n")),
    Oddity("no manifest", has_manifest=False),
    Oddity("lines, quotes and commas in a field", cell=("patch", 'a "b",\n\\.\nc\td\r\ne'),
           rows=_put("patch", 'a "b",\n\\.\nc\td\r\ne')),
    Oddity("a carriage return in a field", cell=("patch", "a\rb"),
           before_sealing=_edit("tenancy", lambda c: c.replace(b"ZZ9Plural", b'"a\rb"', 1))),
    Oddity("the end of data, to COPY", rows=_put("tenancy_ref", "\\."),
           cell=("tenancy_ref", "\\.")),
    Oddity("NULL as text", rows=_put("patch", "NULL"), cell=("patch", "NULL")),
    Oddity("a formula", rows=_put("patch", "=1+1"), cell=("patch", "=1+1")),
    Oddity("leading zeros", rows=_put("property_ref", "0012"), cell=("property_ref", "0012")),
    Oddity("SQL in a field", rows=_put("patch", "'; drop schema raw_housing cascade; --"),
           cell=("patch", "'; drop schema raw_housing cascade; --")),
]  # fmt: skip
