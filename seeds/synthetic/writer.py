"""Stage 4: deliveries as a council's systems would drop them, one folder a feed, with a manifest.

Every column comes from the contracts, under the council's own header and in its own date format.
"""

import csv
import hashlib
import json
import os
import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path

from expectations import contract
from seeds.synthetic.services import neighbouring_council
from seeds.synthetic.services.police import EXTRACT_AGE

SYSTEMS = {
    "childrens_social_care": ("systemc_lcs", "14.2"), "school": ("synergy", "2026.1"),
    "adult_social_care": ("systemc_las", "11.6"), "housing": ("nec_housing", "7.9"),
    "anti_social_behaviour": ("react", "5.3"), "police": ("niche_export", "6.2"),
    "council_tax_liability": ("academy", "9.1"), "llpg": ("gazetteer", "5.0"),
    "neighbouring_council": ("regional_exchange", "1.0"),
}  # fmt: skip
# Columns that a standard calls otherwise than our record and address do.
OWN_NAMES = {
    "childrens_social_care": {
        "pers_person_id": "source_person_id", "pers_upn": "upn", "pers_forename": "given_name",
        "pers_surname": "family_name", "pers_sex": "sex", "pers_gender": "gender",
        "pers_ethnicity": "ethnicity_code", "pers_dob": "date_of_birth",
        "pers_expected_dob": "expected_date_of_birth", "pers_single_unique_id": "nhs_number",
        "pers_death_date": "date_of_death", "addr_address_type": "address_type",
        "addr_address_start_date": "address_start", "addr_address_end_date": "address_end",
        "addr_address_postcode": "postcode", "addr_address_json": "address_object",
    },
    "adult_social_care": {
        "la_person_id": "source_person_id", "first_name": "given_name", "last_name": "family_name",
        "ethnicity": "ethnicity_code",
    },
}  # fmt: skip
ADDRESS = {
    "postcode": lambda a: a.postcode, "uprn": lambda a: a.uprn,
    "address_type": lambda a: a.address_type,
    "address_start": lambda a: a.start, "address_end": lambda a: a.end,
    "is_sensitive": lambda a: "Y" if a.is_sensitive else "", "address_object": lambda a: a.object(),
}  # fmt: skip
LINES = {f"address_line_{number}": number - 1 for number in range(1, 6)}
# where a feed speaks for, if not for the council
AREAS = {"neighbouring_council": list(neighbouring_council.CODES.values())}
MOMENTS = "YYYY-MM-DD HH24:MI:SS"
FORMATS = {
    "YYYY-MM-DD": "%Y-%m-%d", MOMENTS: "%Y-%m-%d 00:00:00",
    "YYYY-MM-DDTHH24:MI:SS": "%Y-%m-%dT00:00:00",
    "DD/MM/YYYY": "%d/%m/%Y", "MM/DD/YYYY": "%m/%d/%Y", "YYYYMMDD": "%Y%m%d",
    "DD Mon YYYY HH24:MI:SS": "%d %b %Y 00:00:00", "DD-Mon-YYYY": "%d-%b-%Y",
}  # fmt: skip


class TableFile:
    """One CSV of a delivery, written row by row."""

    def __init__(self, folder: Path, feed: str, table: contract.Table, headers: dict[str, str]):
        """Open the file and write its header."""
        self.path = folder / f"{table.name}.csv"
        own = OWN_NAMES.get(feed, {})
        self.columns = [
            (column.name, own.get(column.name, column.name)) for column in table.columns
        ]
        self.formats = {column.name: self._format(column) for column in table.columns}
        self.row_count = 0
        self._dates: dict[tuple, str] = {}
        self._file = self.path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow([headers.get(column.name, column.name) for column in table.columns])

    @staticmethod
    def _format(column: contract.Column) -> str:
        """The council's format; the children's system sends days as moments at midnight."""
        formats = column.date_formats or ("YYYY-MM-DD",)
        return FORMATS[MOMENTS if MOMENTS in formats else formats[0]]

    def write(self, rows) -> None:
        """Write rows."""
        self._writer.writerows(self._cells(row) for row in rows)
        self.row_count += len(rows)

    def _cells(self, row) -> list:
        values, record, address = row.values, row.record, row.address
        lines = address.lines() if address else None
        cells = []
        for column, name in self.columns:
            if column in values:
                value = values[column]
            elif address is not None and name in ADDRESS:
                value = ADDRESS[name](address)
            elif lines is not None and name in LINES:
                value = lines[LINES[name]]
            else:
                value = getattr(record, name, "")
            if value.__class__ is date:
                value = self._text(value, self.formats[column])
            cells.append(value)
        return cells

    def _text(self, day: date, style: str) -> str:
        text = self._dates.get((day, style))
        if text is None:
            text = self._dates[day, style] = day.strftime(style)
        return text

    def close(self) -> dict:
        """Finish; say how many rows and which bytes."""
        self._file.close()
        with self.path.open("rb") as file:
            return {
                "row_count": self.row_count,
                "sha256": hashlib.file_digest(file, "sha256").hexdigest(),
            }


class Delivery:
    """One feed's folder: written beside, and renamed when it is whole."""

    def __init__(self, landing: Path, feed: str, as_of: date, night: int):
        """Open a table file for every table of the contract."""
        self.feed, self.contract = feed, contract.load(feed)
        self.extracted_at = extract_time(feed, as_of, night)
        self.folder = landing / feed / f"{self.extracted_at:%Y-%m-%dT%H%M}"
        self.unfinished = self.folder.with_suffix(".part")
        shutil.rmtree(self.unfinished, ignore_errors=True)
        self.unfinished.mkdir(parents=True)
        headers = council_headers(feed)
        self.tables = {
            table.name: TableFile(self.unfinished, feed, table, headers.get(table.name, {}))
            for table in self.contract.tables
        }

    def close(self) -> None:
        """Write the manifest and show the folder under its own name."""
        day = self.extracted_at.date()
        system, version = SYSTEMS[self.feed]
        manifest = {
            "feed": self.feed,
            "contract_version": self.contract.version,
            "council": council()["council"],
            "la_code_gss": council()["gss_code"],
            "source_system": system,
            "source_system_version": version,
            "extracted_at": f"{self.extracted_at:%Y-%m-%dT%H:%M:%S}+00:00",
            "coverage_start": _years_before(day, self.contract.lookback_years).isoformat(),
            "coverage_end": day.isoformat(),
            "coverage_area": AREAS.get(self.feed, [council()["gss_code"]]),
            "mode": "rolling" if self.feed == "adult_social_care" else "full",
            "inclusion_rules": list(self.contract.inclusion_rules),
            "tables": {name: table.close() for name, table in self.tables.items()},
            "empty_ok": False,
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (self.unfinished / "manifest.json").write_text(text, encoding="utf-8")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.unfinished.rename(self.folder)


def extract_time(feed: str, as_of: date, night: int) -> datetime:
    """The evening before the as-of date, a minute later each night; the police sheet is old."""
    minutes = list(SYSTEMS).index(feed) * 5 + night
    evening = datetime.combine(as_of - timedelta(days=1), time(20)) + timedelta(minutes=minutes)
    return evening - timedelta(days=EXTRACT_AGE - 1) if feed == "police" else evening


def council() -> dict:
    """Who the council is."""
    with (_council_folder() / "council.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))


def council_headers(feed: str) -> dict[str, dict[str, str]]:
    """The council's own spellings, by table and column."""
    headers: dict[str, dict[str, str]] = {}
    with (_council_folder() / "header_alias.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["feed"] == feed:
                headers.setdefault(row["table_name"], {})[row["column_name"]] = row[
                    "supplied_header"
                ]
    return headers


def _council_folder() -> Path:
    return contract.COUNCILS / os.environ.get("FAMILY_CONTEXT_COUNCIL", "demo")


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28))
