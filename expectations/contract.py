"""Read the feed contracts (Open Data Contract Standard) as plain objects.

`load(feed)` is the contract as this council uses it: its own header spellings and date formats
(seeds/councils/<council>/) on top of what the contract accepts. `load(feed, council=None)` is the
contract as agreed, the same for every council; generated files are made from that.
Everything else that must know a column asks here. There is no other list of columns.
"""

import csv
import os
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml
from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty
from pydantic import ValidationError

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "expectations" / "contracts"
COUNCILS = ROOT / "seeds" / "councils"

PERSONAL_DATA_CLASSES = (
    "identifier",
    "demographic",
    "contact",
    "special category",
    "criminal offence",
    "operational",
)
TYPES = {
    "string": "text",
    "date": "date",
    "timestamp": "timestamp",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
}
DATE_FORMATS = (
    "YYYY-MM-DD",
    "YYYY-MM-DD HH24:MI:SS",
    "YYYY-MM-DDTHH24:MI:SS",
    "DD/MM/YYYY",
    "MM/DD/YYYY",
    "YYYYMMDD",
    "DD Mon YYYY HH24:MI:SS",
    "DD-Mon-YYYY",
)
EFFECTS = ("quarantine", "count")
KINDS = ("service", "evidence", "neighbour", "register")
IDENTITY_NUMBERS = {"nhs_number": "parse.nhs_number({}, true)", "upn": "parse.upn({})"}
FROM_THE_SETTINGS = object()


class ContractError(Exception):
    """A contract, or a council's setting for it, that cannot be used. Says where and what to do."""


@dataclass(frozen=True)
class CodeList:
    """Codes a column may hold: short lists in the contract, long ones in a reference seed."""

    values: tuple[str, ...] = ()
    seed: str | None = None
    scheme: str | None = None


@dataclass(frozen=True)
class Column:
    """A column as the contract has it, and how it may be spelt and written."""

    name: str
    position: int
    type: str
    max_length: int | None
    need: str  # R: a row without it is set aside; Q: its quality is scored; O: optional
    is_key: bool
    date_formats: tuple[str, ...]
    null_tokens: tuple[str, ...]
    sentinel_dates: tuple[str, ...]
    code_list: CodeList | None
    headers: tuple[str, ...]
    personal_data_class: str
    description: str
    rule: str | None  # what the text must be: nhs_number, upn, postcode, person_name, json, …
    pattern: str | None
    refers_to: str | None  # table.column of the same feed
    is_person_reference: bool  # the sender's number of a person: names a record
    identity_part: str | None  # given_name, family_name or date_of_birth of whom a row is about

    @property
    def is_required(self) -> bool:
        """Whether a row without it is set aside."""
        return self.need == "R"


@dataclass(frozen=True)
class Rule:
    """A rule over a row. `breaks_when` is SQL over the typed columns: true where it is broken."""

    name: str
    effect: str  # quarantine: the row is set aside; count: the row stays and is counted
    breaks_when: str
    description: str


@dataclass(frozen=True)
class Table:
    """A table of a feed: one file of a delivery."""

    name: str
    description: str
    is_required: bool
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]

    @property
    def key(self) -> list[str]:
        """The columns that together name a row."""
        return [column.name for column in self.columns if column.is_key]

    def column(self, name: str) -> Column:
        """The column of that name; a ContractError says which there are."""
        return _named(self.columns, name, f"column of {self.name}")

    def column_for(self, header: str) -> Column | None:
        """The column that a header means, whatever its case, spaces or underscores."""
        return self._by_header.get(header_key(header))

    @property
    def _by_header(self) -> dict[str, Column]:
        return {header_key(text): column for column in self.columns for text in column.headers}


@dataclass(frozen=True)
class Contract:
    """All that a service and the council have agreed of one feed."""

    feed: str
    kind: str  # one of KINDS; what each means: docs/glossary.md
    version: str
    title: str
    purpose: str
    usage: str
    limitations: str
    sender: str
    support: str
    frequency: str
    frequency_days: int
    warn_age_days: int
    error_age_days: int
    lookback_years: int
    retention_years: int
    agreement_reference: str
    lawful_basis: str
    special_category_condition: str | None
    criminal_offence_condition: str | None
    source_label: str
    area: str
    inclusion_rules: tuple[str, ...]
    quarantine_limit: float
    quirks: tuple[str, ...]
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """The table of that name; a ContractError says which there are."""
        return _named(self.tables, name, f"table of {self.feed}")


def feeds() -> list[str]:
    """The feeds under contract, in alphabetical order."""
    return sorted(path.name.removesuffix(".odcs.yaml") for path in CONTRACTS.glob("*.odcs.yaml"))


def load(feed: str, council: str | object | None = FROM_THE_SETTINGS) -> Contract:
    """The contract of a feed, with the council's header spellings and date formats."""
    if council is FROM_THE_SETTINGS:
        council = os.environ.get("FAMILY_CONTEXT_COUNCIL", "demo")
    return _load(feed, council)


@cache
def _load(feed: str, council: str | None) -> Contract:
    if feed not in feeds():
        raise ContractError(
            f"{feed}: there is no contract of that name. Feeds: {', '.join(feeds())}."
        )
    contract = read(CONTRACTS / f"{feed}.odcs.yaml")
    if council is None:
        return contract
    return _with_settings(contract, COUNCILS / council)


def header_key(header: str) -> str:
    """A header made comparable: no case, outer spaces gone, spaces and underscores equal."""
    return re.sub(r"[\s_]+", "_", header.strip().strip("\ufeff")).strip("_").casefold()


# From the file to the objects


def read(path: Path) -> Contract:
    """Read one contract file; anything that cannot be used is a ContractError that says where."""
    try:
        document = OpenDataContractStandard.from_string(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValidationError, TypeError, UnicodeDecodeError) as error:
        raise ContractError(f"{path.name}: not a data contract. {_first_line(error)}") from None
    feed = path.name.removesuffix(".odcs.yaml")
    if document.id != feed:
        raise ContractError(
            f"{path.name}: its id is {document.id}; name it {feed}, as the file is called."
        )
    terms = _Terms(path.name, document)
    contract = Contract(
        feed=feed,
        kind=terms.properties.get("kind", "service"),
        version=terms.needed("version", document.version),
        title=terms.needed("name", document.name),
        purpose=terms.needed(
            "description.purpose", document.description and document.description.purpose
        ),
        usage=document.description.usage or "",
        limitations=document.description.limitations or "",
        sender=terms.needed("team.name", document.team and document.team.name),
        support=terms.needed("support", document.support and document.support[0].channel),
        frequency=terms.promise("frequency").description or "",
        frequency_days=terms.promise("frequency").value,
        warn_age_days=terms.promise("warnAge").value,
        error_age_days=terms.promise("errorAge").value,
        lookback_years=terms.promise("lookback").value,
        retention_years=terms.promise("retention").value,
        agreement_reference=terms.term("agreementReference"),
        lawful_basis=terms.term("lawfulBasis"),
        special_category_condition=terms.properties.get("specialCategoryCondition"),
        criminal_offence_condition=terms.properties.get("criminalOffenceCondition"),
        source_label=terms.term("sourceLabel"),
        area=terms.term("areaCovered"),
        inclusion_rules=tuple(terms.properties.get("inclusionRules", ())),
        quarantine_limit=terms.term("quarantineLimit"),
        quirks=tuple(terms.properties.get("quirks", ())),
        tables=tuple(_table(terms, table) for table in terms.needed("schema", document.schema_)),
    )
    _check(contract, path.name)
    return contract


class _Terms:
    """What the contract says beside its columns, and a clear error for what it does not say."""

    def __init__(self, file: str, document: OpenDataContractStandard):
        self.file = file
        self.properties = {item.property: item.value for item in document.customProperties or ()}
        self.promises = {item.property: item for item in document.slaProperties or ()}

    def needed(self, what: str, value):
        if value in (None, "", []):
            raise ContractError(f"{self.file}: {what} is missing. Add it.")
        return value

    def term(self, name: str):
        return self.needed(f"customProperties: {name}", self.properties.get(name))

    def promise(self, name: str):
        return self.needed(f"slaProperties: {name}", self.promises.get(name))


def _table(terms: _Terms, table) -> Table:
    name = terms.needed("schema: the name of a table", table.name)
    properties = terms.needed(f"{name}: properties", table.properties)
    columns = [
        _column(terms, name, number, item) for number, item in enumerate(properties, start=1)
    ]
    return Table(
        name=name,
        description=terms.needed(f"{name}: description", table.description),
        is_required="required" in (table.tags or ()),
        columns=tuple(_without_shared_headers(columns)),
        rules=tuple(_rule(terms, name, rule) for rule in table.quality or ()),
    )


def _column(terms: _Terms, table: str, position: int, item: SchemaProperty) -> Column:
    name = terms.needed(f"{table}: the name of column {position}", item.name)
    where = f"{table}.{name}"
    if item.logicalType not in TYPES:
        raise ContractError(
            f"{terms.file}: {where}: logicalType must be one of {', '.join(TYPES)}."
        )
    options = item.logicalTypeOptions or {}
    code_list = _code_list(item)
    type_ = "code" if code_list and item.logicalType == "string" else TYPES[item.logicalType]
    is_date = type_ in ("date", "timestamp")
    length = re.fullmatch(r"varchar\((\d+)\)", item.physicalType or "")
    own = {extra.property: extra.value for extra in item.customProperties or ()}
    null_tokens = tuple(terms.properties.get("nullTokens", ()))
    if options.get("format") != "person_name":
        null_tokens += tuple(terms.properties.get("nullTokensOutsideNames", ()))
    return Column(
        name=name,
        position=position,
        type=type_,
        max_length=int(length[1]) if length else None,
        need="R" if item.required else "Q" if item.criticalDataElement else "O",
        is_key=bool(item.primaryKey),
        date_formats=tuple(own.get("dateFormats") or terms.term("dateFormats")) if is_date else (),
        null_tokens=null_tokens,
        sentinel_dates=tuple(terms.properties.get("sentinelDates", ())) if is_date else (),
        code_list=code_list,
        headers=(name, *(synonym.synonym for synonym in item.synonyms or ())),
        personal_data_class=terms.needed(f"{where}: classification", item.classification),
        description=terms.needed(f"{where}: description (why it is needed)", item.description),
        rule=options.get("format"),
        pattern=options.get("pattern"),
        refers_to=item.relationships[0].to if item.relationships else None,
        is_person_reference=bool(own.get("personReference")),
        identity_part=own.get("identityPart"),
    )


def _code_list(item: SchemaProperty) -> CodeList | None:
    if item.enum:
        return CodeList(values=tuple(str(entry.value) for entry in item.enum))
    for definition in item.authoritativeDefinitions or ():
        if definition.type == "codeList":
            seed, _, scheme = definition.url.partition("#")
            return CodeList(seed=seed, scheme=scheme or None)
    return None


def _rule(terms: _Terms, table: str, rule) -> Rule:
    where = f"{table}: rule {rule.name}"
    opening = "select count(*) from {object} where "
    if not (rule.query or "").startswith(opening) or rule.mustBe != 0:
        raise ContractError(f"{terms.file}: {where}: write it as '{opening}…' with mustBe: 0.")
    if rule.severity not in EFFECTS:
        raise ContractError(f"{terms.file}: {where}: severity must be one of {', '.join(EFFECTS)}.")
    return Rule(
        name=terms.needed(f"{table}: the name of a rule", rule.name),
        effect=rule.severity,
        breaks_when=rule.query.removeprefix(opening),
        description=terms.needed(f"{where}: description", rule.description),
    )


def _without_shared_headers(columns: list[Column]) -> list[Column]:
    """A spelling that senders use for two columns means neither, until a council says which."""
    own = {header_key(column.name) for column in columns}
    synonyms = [{header_key(text) for text in column.headers[1:]} for column in columns]
    claims = [key for keys in synonyms for key in keys]
    shared = own | {key for key in claims if claims.count(key) > 1}
    return [
        replace(
            column,
            headers=(
                column.name,
                *(text for text in column.headers[1:] if header_key(text) not in shared),
            ),
        )
        for column in columns
    ]


def _check(contract: Contract, file: str) -> None:
    if contract.kind not in KINDS:
        raise ContractError(f"{file}: kind must be one of {', '.join(KINDS)}.")
    for table in contract.tables:
        names = [column.name for column in table.columns]
        for column in table.columns:
            where = f"{file}: {table.name}.{column.name}"
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", column.name):
                raise ContractError(f"{where}: use lower-case letters, digits and underscores.")
            if names.count(column.name) > 1:
                raise ContractError(f"{where}: named twice. Remove one.")
            if column.personal_data_class not in PERSONAL_DATA_CLASSES:
                known = ", ".join(PERSONAL_DATA_CLASSES)
                raise ContractError(f"{where}: classification must be one of {known}.")
            _check_formats(column.date_formats, where)
        if not table.key:
            raise ContractError(
                f"{file}: {table.name} has no key. Mark its columns primaryKey: true."
            )
    if contract.warn_age_days > contract.error_age_days:
        raise ContractError(f"{file}: slaProperties: the warn age is past the error age.")


def _check_formats(formats, where: str) -> None:
    unknown = [text for text in formats if text not in DATE_FORMATS]
    if unknown:
        known = ", ".join(DATE_FORMATS)
        raise ContractError(f"{where}: unknown date format {unknown[0]}. Use one of {known}.")


def _named(items, name: str, what: str):
    for item in items:
        if item.name == name:
            return item
    raise ContractError(f"{name} is not a {what}. There are: {', '.join(i.name for i in items)}.")


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


# The council's own header spellings and date formats


def _with_settings(contract: Contract, folder: Path) -> Contract:
    if not folder.is_dir():
        raise ContractError(f"There is no council called {folder.name}. Make the folder {folder}.")
    aliases = _settings(contract, folder / "header_alias.csv", "supplied_header")
    formats = _settings(contract, folder / "date_format.csv", "date_format")
    for (table, column), found in formats.items():
        _check_formats(found, f"{folder.name}/date_format.csv: {contract.feed}.{table}.{column}")
    tables = [_with_table_settings(table, aliases, formats, folder) for table in contract.tables]
    return replace(contract, tables=tuple(tables))


def _with_table_settings(table: Table, aliases: dict, formats: dict, folder: Path) -> Table:
    claimed: dict[str, str] = {}
    for (table_name, column), spellings in aliases.items():
        for text in spellings if table_name == table.name else ():
            if claimed.setdefault(header_key(text), column) != column:
                where = f"{folder.name}/header_alias.csv: {table.name}"
                raise ContractError(
                    f"{where}: one header stands for two columns. Keep one of the rows."
                )
    columns = []
    for column in table.columns:
        kept = [
            text
            for text in column.headers
            if claimed.get(header_key(text), column.name) == column.name
        ]
        added = [text for text in aliases.get((table.name, column.name), ()) if text not in kept]
        dates = tuple(formats.get((table.name, column.name), column.date_formats))
        columns.append(replace(column, headers=(*kept, *added), date_formats=dates))
    return replace(table, columns=tuple(columns))


def _settings(contract: Contract, path: Path, value: str) -> dict[tuple[str, str], list[str]]:
    """The rows of a council's list for this feed, by table and column, checked against it."""
    found: dict[tuple[str, str], list[str]] = {}
    if not path.exists():
        return found
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["feed"] != contract.feed:
                continue
            try:
                contract.table(row["table_name"]).column(row["column_name"])
            except ContractError as error:
                raise ContractError(f"{path.parent.name}/{path.name}: {error}") from None
            found.setdefault((row["table_name"], row["column_name"]), []).append(row[value])
    return found


# The tables that hold a feed


def raw_ddl(contract: Contract) -> str:
    """SQL that makes, or lets grow, the schema, tables and views of a feed. Safe to repeat.

    A column that is new in the contract is added, and is empty in the rows that came before. One
    that has gone from it stays in the table and leaves the view.
    """
    schema = f"raw_{contract.feed}"
    statements = [
        f"create schema if not exists {schema};",
        _date_formats_function(contract, schema),
    ]
    for table in contract.tables:
        statements += _table_ddl(f"{schema}.{table.name}", table)
    return "\n\n".join(statements) + "\n"


def _table_ddl(name: str, table: Table) -> list[str]:
    columns = [column.name for column in table.columns]
    defined = ",\n".join(f"    {column} text" for column in columns)
    grown = ",\n".join(f"    add column if not exists {column} text" for column in columns)
    shown = ",\n".join(f"    {column}" for column in columns)
    return [
        f"create table if not exists {name} (\n"
        "    _row_hash varchar(64) not null,\n"
        "    _delivery_id bigint not null,\n"
        "    _row_number bigint not null,\n"
        "    _left_delivery_id bigint,\n"
        f"{defined}\n);",
        f"alter table {name}\n{grown};",
        f"create unique index if not exists {table.name}_in_force_key\n"
        f"    on {name} (_row_hash) where _left_delivery_id is null;",
        f"create unlogged table if not exists {name}_arrival (\n"
        f"    _row_number bigint not null,\n{defined}\n);",
        f"alter table {name}_arrival\n{grown};",
        # made anew: a view in place can neither lose a column nor take one in its middle
        f"drop view if exists {name}_in_force;",
        f"create view {name}_in_force as\nselect\n"
        f"    _row_hash,\n    _delivery_id,\n    _row_number,\n{shown}\n"
        f"from {name}\nwhere _left_delivery_id is null;",
    ]


def _date_formats_function(contract: Contract, schema: str) -> str:
    """The date formats of each column, for whoever casts text to a date: one reading of a value."""
    default, cases = None, []
    for table in contract.tables:
        for column in table.columns:
            if column.date_formats and default is None:
                default = column.date_formats
            if column.date_formats and column.date_formats != default:
                cases.append(
                    f"        when table_name = '{table.name}' and column_name = '{column.name}'\n"
                    f"            then {_sql_array(column.date_formats)}"
                )
    chosen = _sql_array(default or ("YYYY-MM-DD",))
    if cases:
        chosen = "case\n" + "\n".join(cases) + f"\n        else {chosen}\n    end"
    return (
        f"create or replace function {schema}.date_formats(table_name text, column_name text)\n"
        "returns text[] language sql immutable parallel safe as $body$\n"
        f"    select {chosen}\n$body$;"
    )


def row_hash_sql(table: Table, alias: str = "arrival") -> str:
    """SQL for the hash of a row's content. A new column that is empty leaves old hashes alone."""
    parts = ", ".join(f"'{column.name}=' || {alias}.{column.name}" for column in table.columns)
    return f"encode(sha256(convert_to(concat_ws(chr(31), {parts}), 'UTF8')), 'hex')"


def record_ids_sql(feed: str, table: Table, alias: str = "arrival") -> str:
    """SQL for the records that a row names, as staging makes their keys (macro hash_key)."""
    ids = ", ".join(
        f"encode(sha256(convert_to('{feed}' || chr(31) || parse.clean({alias}.{column.name}),"
        " 'UTF8')), 'hex')"
        for column in table.columns
        if column.is_person_reference
    )
    return f"array_remove(array[{ids}]::varchar(64)[], null)"


def identity_keys_sql(table: Table, alias: str = "arrival") -> str:
    """SQL for what a row says of whom it is about, hashed: its numbers, and names with birth date.

    int_person__set_aside makes the same of the records that were read.
    """
    parts = {column.identity_part: column for column in table.columns if column.identity_part}
    keys = [
        f"'{column.rule}' || chr(31) || {reader.format(f'{alias}.{column.name}')}"
        for column in table.columns
        for rule, reader in IDENTITY_NUMBERS.items()
        if column.rule == rule
    ]
    if parts:
        day = parts["date_of_birth"]
        keys.append(
            f"'name' || chr(31) || lower(parse.name({alias}.{parts['given_name'].name}))"
            f" || chr(31) || lower(parse.name({alias}.{parts['family_name'].name})) || chr(31)"
            f" || to_char(parse.try_date({alias}.{day.name}, {_sql_array(day.date_formats)}),"
            " 'YYYYMMDD')"
        )
    hashes = ", ".join(f"encode(sha256(convert_to({key}, 'UTF8')), 'hex')" for key in keys)
    return f"array_remove(array[{hashes}]::varchar(64)[], null)"


def referring_record_ids_sql(contract: Contract, table: Table) -> str:
    """SQL for the records of the rows that are part of a row, such as the members of a tenancy.

    One row per data row of the arrival of `table` and record. A row is part of another when its
    key holds the reference to it; what refers to the same row belongs together as well.
    """
    schema = f"raw_{contract.feed}"
    parts = [
        # names come from the contract
        f"select arrival._row_number as row_number, record_id from {schema}.{table.name}_arrival"  # noqa: S608
        f" as arrival inner join {schema}.{other.name}_arrival as other"
        f" on parse.clean(other.{column.name}) = parse.clean(arrival.{own})"
        f" cross join unnest({record_ids_sql(contract.feed, other, 'other')}) as named (record_id)"
        for other in contract.tables
        if other is not table and any(it.is_person_reference for it in other.columns)
        for column in other.columns
        if column.is_key and column.refers_to and not column.is_person_reference
        for own in [
            *(it.name for it in table.columns if f"{table.name}.{it.name}" == column.refers_to),
            *(it.name for it in table.columns if it.refers_to == column.refers_to),
        ]
    ]
    return " union all ".join(parts) or "select null::bigint, null::varchar(64) limit 0"


def _sql_array(values) -> str:
    return "array[" + ", ".join(f"'{value}'" for value in values) + "]"
