"""What has been dropped in the landing folder, and whether it may be read at all.

A delivery is a folder `<landing>/<feed>/<YYYY-MM-DD>T<HHMM>/` of one CSV per table with a
manifest.json, or, from senders without one, such a folder or a single file: then the extract time
comes from the name or else from the files, and the coverage from what the contract promises.
Nothing here opens the database. Names of files and folders are the sender's words: they are
looked up, and never repeated.
"""

import csv
import datetime as dt
import hashlib
import json
import os
import re
import stat
import time
from dataclasses import dataclass, field
from pathlib import Path

from expectations import contract as contracts
from expectations.validate import Finding
from orchestration import settings

LARGEST_MANIFEST = 1_000_000
MOST_FILES = 100
STAMP_NAME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d)(\d\d)(?:\D.*)?")
GSS_CODE = re.compile(r"[EWSN]\d{8}")
MODES = ("full", "rolling")


class RefusedError(Exception):
    """A delivery that breaks a rule of deliveries. Carries findings, never a value."""

    def __init__(self, *findings: Finding):
        """Keep why."""
        self.findings = list(findings)
        super().__init__("; ".join(finding.message for finding in findings))


class UnfinishedError(Exception):
    """A delivery that is not whole yet: look again later."""


@dataclass(frozen=True)
class File:
    """One table of a delivery."""

    table: str
    path: Path
    row_count: int | None = None  # as the manifest says
    sha256: str | None = None


@dataclass
class Delivery:
    """One folder or file below the landing folder of a feed, and what its sender says of it."""

    feed: str
    path: Path
    file_stamp: str
    has_manifest: bool = False
    extracted_at: dt.datetime | None = None
    contract_version: str | None = None
    source_system: str | None = None
    coverage_start: dt.date | None = None
    coverage_end: dt.date | None = None
    area_covered: str | None = None
    mode: str | None = None
    empty_ok: bool = False
    content_hash: str | None = None
    files: list[File] = field(default_factory=list)
    trouble: list[Finding] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Its name below the landing folder of the feed, if that says nothing but a time."""
        name = self.path.name
        if re.fullmatch(r"[\dT:_-]{1,40}", name):
            return name
        return f"named-{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}"


def refusal(rule: str, message: str, table: str | None = None, **more) -> Finding:
    """A finding that refuses a delivery."""
    return Finding(table=table, rule=rule, kind="delivery", message=message, **more)


def pending(feed: str) -> list[Path]:
    """What lies in the landing folder of a feed, by name; unfinished uploads are not looked at."""
    folder = settings.landing() / feed
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.suffix != ".part" and path.name[0] not in "._"
    )


def unknown_feeds() -> list[Path]:
    """What lies in the landing folder under no feed's name."""
    known = set(contracts.feeds())
    if not settings.landing().is_dir():
        return []
    return sorted(
        path
        for path in settings.landing().iterdir()
        if path.name not in known and path.suffix != ".part" and path.name[0] not in "._"
    )


def look(feed: str, path: Path) -> Delivery:
    """A delivery as its directory entries show it; nothing is opened."""
    entries = [path]
    if stat.S_ISDIR(path.lstat().st_mode):
        entries += sorted(path.rglob("*"))
    parts = []
    for entry in entries[: MOST_FILES + 1]:
        seen = entry.lstat()
        is_folder = stat.S_ISDIR(seen.st_mode)
        moment = 0 if is_folder else seen.st_mtime_ns
        parts.append(f"{entry.relative_to(path.parent)}|{seen.st_mode}|{seen.st_size}|{moment}")
    stamp = hashlib.sha256(os.fsencode("\n".join(parts))).hexdigest()
    return Delivery(feed=feed, path=path, file_stamp=stamp)


def is_unchanged(delivery: Delivery) -> bool:
    """Whether it still is as it was looked at."""
    try:
        return look(delivery.feed, delivery.path).file_stamp == delivery.file_stamp
    except FileNotFoundError:
        return False


def describe(delivery: Delivery, contract: contracts.Contract, quiet_seconds: float) -> None:
    """Fill in what the sender says, or what can be derived; keep what is wrong as its trouble.

    Raises UnfinishedError when it is not whole, or was written to a moment ago and does not add up.
    """
    try:
        _describe(delivery, contract, quiet_seconds)
    except FileNotFoundError:
        raise UnfinishedError from None
    except OSError:
        delivery.trouble.append(
            refusal("unreadable", "A file of the delivery may not be read. Set its permissions.")
        )
    except RefusedError as refused:
        if is_fresh(delivery.path, quiet_seconds):
            raise UnfinishedError from None
        delivery.trouble += refused.findings


def _describe(delivery: Delivery, contract: contracts.Contract, quiet_seconds: float) -> None:
    files = _files(delivery.path)
    manifest_file = next((path for path in files if path.name == "manifest.json"), None)
    delivery.extracted_at = _time_of(delivery.path, files)
    tables = {f"{table.name}.csv": table.name for table in contract.tables}
    unknown = [path for path in files if path != manifest_file and path.name.lower() not in tables]
    if unknown:
        raise RefusedError(
            refusal(
                "unknown_file",
                f"{len(unknown)} of {len(files)} files belong to no table of the contract."
                f" Name them {', '.join(tables)}.",
            )
        )
    named = {tables[path.name.lower()]: path for path in files if path != manifest_file}
    if len(named) + (manifest_file is not None) < len(files):
        raise RefusedError(refusal("table_twice", "Two files stand for one table. Send one."))
    if manifest_file:
        delivery.has_manifest = True
        manifest = _manifest(manifest_file)
        _read_manifest(delivery, manifest, contract)
        delivery.files = _listed_files(manifest, named)
    else:
        if is_fresh(delivery.path, quiet_seconds):
            raise UnfinishedError
        delivery.files = [File(table, path) for table, path in named.items()]
        delivery.coverage_end = delivery.extracted_at.astimezone(settings.LONDON).date()
        day = min(delivery.coverage_end.day, 28)
        year = delivery.coverage_end.year - contract.lookback_years
        delivery.coverage_start = delivery.coverage_end.replace(year=year, day=day)
        delivery.mode = "full"
    absent = [t.name for t in contract.tables if t.is_required and t.name not in named]
    if absent:
        raise RefusedError(
            *(
                refusal("file_missing", f"{name}.csv is not in the delivery. Send it.", name)
                for name in absent
            )
        )
    delivery.files.sort(key=lambda file: [t.name for t in contract.tables].index(file.table))
    delivery.content_hash = _content_hash(delivery, manifest_file)


def _files(path: Path) -> list[Path]:
    """The plain files of a delivery; links, folders in it and the like are refused."""
    if path.is_symlink():
        raise RefusedError(refusal("link", "The delivery is a link. Send files."))
    if not path.is_dir():
        files = [path]
    else:
        if any(entry.suffix == ".part" for entry in path.iterdir()):
            raise UnfinishedError
        files = [entry for entry in sorted(path.iterdir()) if entry.name[0] not in "._"]
    if len(files) > MOST_FILES:
        raise RefusedError(
            refusal("unknown_file", f"More than {MOST_FILES} files. Send one per table.")
        )
    for file in files:
        mode = file.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise RefusedError(refusal("link", "A file of the delivery is a link. Send files."))
        if not stat.S_ISREG(mode):
            raise RefusedError(
                refusal("unknown_file", "The delivery holds a folder or device. Send files only.")
            )
    if not [file for file in files if file.name != "manifest.json"]:
        raise RefusedError(
            refusal("file_missing", "The delivery holds no files. Send one per table.")
        )
    return files


def is_fresh(path: Path, quiet_seconds: float) -> bool:
    """Whether anything of it was written to a moment ago: it may be unfinished."""
    entries = [path, *path.iterdir()] if path.is_dir() and not path.is_symlink() else [path]
    # the change time, because uploaders set the other one back to that of the original
    return max(entry.lstat().st_ctime for entry in entries) > time.time() - quiet_seconds


def _time_of(path: Path, files: list[Path]) -> dt.datetime:
    """When the extract was cut, as the name of the folder says, in London; else the files' time."""
    match = STAMP_NAME.fullmatch(path.name)
    if match:
        try:
            return dt.datetime(*map(int, match.groups()), tzinfo=settings.LONDON)
        except ValueError:
            pass
    newest = max(file.stat().st_mtime for file in files)
    return dt.datetime.fromtimestamp(newest, dt.UTC)


def _manifest(path: Path) -> dict:
    unreadable = RefusedError(
        refusal("manifest_unreadable", "manifest.json is not a JSON object in UTF-8. Write it so.")
    )
    if path.stat().st_size > LARGEST_MANIFEST:
        raise unreadable
    try:
        manifest = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise unreadable from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("tables"), dict):
        raise unreadable
    return manifest


def _read_manifest(delivery: Delivery, manifest: dict, contract: contracts.Contract) -> None:
    """Take over what the manifest says, each entry only in the form that it should have."""

    def wrong(rule: str, entry: str, remedy: str) -> RefusedError:
        return RefusedError(refusal(rule, f"manifest.json: {entry}: {remedy}"))

    if manifest.get("feed") != delivery.feed:
        raise wrong("wrong_feed", "feed", f"must be {delivery.feed}, as the folder is called.")
    if manifest.get("la_code_gss") != council()["gss_code"]:
        raise wrong("wrong_council", "la_code_gss", f"must be {council()['gss_code']}.")
    given = str(manifest.get("contract_version", ""))
    ours = _version(contract.version)
    if _version(given) is None or _version(given)[0] != ours[0] or _version(given) > ours:
        raise wrong("unknown_contract_version", "contract_version", f"we know {contract.version}.")
    delivery.contract_version = given
    try:
        extracted_at = dt.datetime.fromisoformat(manifest.get("extracted_at"))
        if extracted_at.tzinfo is None:
            raise ValueError
    except (TypeError, ValueError):
        raise wrong(
            "manifest_unreadable", "extracted_at", "write a moment with its zone, as in"
            " 2026-01-30T20:05:00+00:00."
        ) from None  # fmt: skip
    delivery.extracted_at = extracted_at
    try:
        delivery.coverage_start = dt.date.fromisoformat(manifest.get("coverage_start"))
        delivery.coverage_end = dt.date.fromisoformat(manifest.get("coverage_end"))
    except (TypeError, ValueError):
        raise wrong(
            "manifest_unreadable", "coverage_start, coverage_end", "write days as YYYY-MM-DD."
        ) from None
    last = extracted_at.astimezone(settings.LONDON).date()
    if not delivery.coverage_start <= delivery.coverage_end <= last:
        raise wrong(
            "coverage_impossible", "coverage_start, coverage_end", "start, end and extract time"
            " must follow one another."
        )  # fmt: skip
    areas = manifest.get("coverage_area")
    if not isinstance(areas, list) or not areas or not all(_is_area(area) for area in areas):
        raise wrong("manifest_unreadable", "coverage_area", "list the areas by their GSS codes.")
    delivery.area_covered = ", ".join(areas)[:200]
    if manifest.get("mode") not in MODES:
        raise wrong("unknown_mode", "mode", f"must be {' or '.join(MODES)}; changes alone cannot"
                    " be taken.")  # fmt: skip
    delivery.mode = manifest["mode"]
    delivery.empty_ok = manifest.get("empty_ok") is True
    system = manifest.get("source_system")
    if isinstance(system, str) and re.fullmatch(r"[\w. -]{1,100}", system, re.ASCII):
        delivery.source_system = system


def _listed_files(manifest: dict, named: dict[str, Path]) -> list[File]:
    """The files, each with the count and hash that the manifest gives."""
    if set(manifest["tables"]) != set(named):
        raise RefusedError(
            refusal(
                "manifest_mismatch",
                "manifest.json: tables: must list the files of the folder, each once and no other.",
            )
        )
    files = []
    for table, path in named.items():
        said = manifest["tables"][table]
        count, hash_ = (
            (said.get("row_count"), said.get("sha256")) if isinstance(said, dict) else (None, None)
        )
        if type(count) is not int or not re.fullmatch(r"[0-9a-f]{64}", str(hash_)):
            raise RefusedError(
                refusal(
                    "manifest_unreadable",
                    f"manifest.json: tables: {table}: give row_count and sha256.",
                    table,
                )
            )
        files.append(File(table, path, count, hash_))
    return files


def _content_hash(delivery: Delivery, manifest_file: Path | None) -> str:
    """SHA-256 over the tables' names and contents; and each file is what the manifest promised."""
    content = hashlib.sha256()
    wrong = []
    if manifest_file:
        content.update(manifest_file.read_bytes())
    for file in delivery.files:
        with open_plain(file.path) as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        content.update(f"\n{file.table} {found}".encode())
        if file.sha256 not in (None, found):
            wrong.append(
                refusal(
                    "hash_mismatch",
                    f"{file.table}.csv is not the file that manifest.json describes: its sha256"
                    " differs. Send both again.",
                    file.table,
                )
            )
    if wrong:
        raise RefusedError(*wrong)
    return content.hexdigest()


def open_plain(path: Path):
    """The bytes of a file that is no link, even if it became one since we looked."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def council() -> dict[str, str]:
    """Who we are."""
    return next(iter(_settings("council.csv")))


def agreement_trouble(feed: str, reference: str, day: dt.date) -> Finding | None:
    """Why the feed may not load on that day: no agreement, or none in date."""
    found = [
        row
        for row in _settings("agreement.csv")
        if row["feed"] == feed and row["agreement_reference"] == reference
    ]
    if not found:
        return refusal(
            "no_agreement",
            f"There is no agreement {reference} for this feed in agreement.csv. Sign and enter it.",
        )
    in_date = [
        row
        for row in found
        if row["starts_on"] <= day.isoformat() <= (row["ends_on"] or "9999-12-31")
    ]
    if in_date:
        return None
    return refusal(
        "agreement_not_in_date",
        f"The agreement {reference} is not in date. Renew it in agreement.csv.",
    )


def rules_stamp(feed: str, day: dt.date) -> str:
    """SHA-256 over what a delivery is judged by: when it changes, refused ones are judged again."""
    contract = contracts.load(feed)
    trouble = agreement_trouble(feed, contract.agreement_reference, day)
    stamp = hashlib.sha256(repr((contract, trouble and trouble.rule)).encode())
    for name in (f"{feed}.py", "common.py"):
        path = contracts.ROOT / "expectations" / name
        stamp.update(path.read_bytes() if path.exists() else b"")
    for row in accepted(feed):
        stamp.update(repr(row).encode())
    return stamp.hexdigest()


def accepted(feed: str) -> list[dict[str, str]]:
    """Deliveries of a feed that somebody vouched for, although they look unlikely."""
    return [row for row in _settings("accepted_delivery.csv") if row["feed"] == feed]


def _settings(name: str) -> list[dict[str, str]]:
    path = contracts.COUNCILS / settings.council() / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _version(text: str) -> tuple[int, ...] | None:
    return tuple(map(int, text.split("."))) if re.fullmatch(r"\d+\.\d+\.\d+", text) else None


def _is_area(area) -> bool:
    return isinstance(area, str) and bool(GSS_CODE.fullmatch(area))
