"""The feed contracts: valid, whole, and all that is written from them is current."""

import csv
import re
from dataclasses import replace

import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard
from psycopg import sql

from expectations import contract, generated

COUNCILS = contract.COUNCILS
# columns of every table of the feeds: one lost from a contract is noticed here
COLUMNS = {
    "adult_social_care": {"cld": 29, "allocation": 12, "person_address": 12},
    "anti_social_behaviour": {"asb_case": 14, "asb_person": 32},
    "childrens_social_care": {
        "person": 16, "address": 7, "linked_identifiers": 6, "family": 3, "mother": 4,
        "cin_episodes": 10, "early_help_episodes": 8, "involvements": 9, "professionals": 5,
        "department": 4, "relationship": 10, "related_person": 29,
    },
    "housing": {"tenancy": 26, "member": 26, "event": 9},
    "police": {"person_occurrence": 55},
    "school": {"enrolment": 50, "contact": 23},
    "council_tax_liability": {"liability": 16}, "llpg": {"property": 7},
    "neighbouring_council": {"person": 25, "relationship": 7},
}  # fmt: skip


def agreed():
    return [contract.load(feed, council=None) for feed in contract.feeds()]


def columns():
    return [
        (one.feed, table, column)
        for one in agreed()
        for table in one.tables
        for column in table.columns
    ]


@pytest.mark.parametrize("feed", contract.feeds())
def test_a_contract_is_valid_in_the_open_data_contract_standard(feed):
    text = (contract.CONTRACTS / f"{feed}.odcs.yaml").read_text(encoding="utf-8")
    document = OpenDataContractStandard.from_string(text)
    assert (document.kind, document.id) == ("DataContract", feed)
    assert document.apiVersion.startswith("v3.")


def test_the_feeds_have_their_27_tables_and_all_their_columns():
    found = {one.feed: {table.name: len(table.columns) for table in one.tables} for one in agreed()}
    assert {feed: found.get(feed) for feed in COLUMNS} == COLUMNS
    assert sum(map(len, COLUMNS.values())) == 27


def test_every_table_that_an_answer_is_read_from_is_sent_or_known_to_be_missing():
    """Or a service whose table a sender leaves out would say that it found nothing."""
    models = contract.ROOT / "dbt_project" / "models"
    may_be_missing = {
        f"stg_{one.feed}__{table.name.removesuffix('s')}"
        for one in agreed()
        for table in one.tables
        if not table.is_required
    }
    asked = set()
    for path in (models / "intermediate").glob("*/int_*.sql"):
        if path.parent.name in ("service_involvement", "housing_event"):
            service = path.stem.split("__")[1].replace("scoped", "housing")
            read = set(re.findall(r"ref\('(stg_\w+)'\)", path.read_text(encoding="utf-8")))
            asked |= {(service, name) for name in read & may_be_missing}
    with (COUNCILS / "demo" / "service_list.csv").open(encoding="utf-8", newline="") as file:
        listed = {
            (row["service"], row["value"].removesuffix("s"))
            for row in csv.DictReader(file)
            if row["list_name"] in ("searched_table", "detail_table")
        }
    assert {(service, name.split("__")[1]) for service, name in asked} == listed
    assert len(listed) == 3


def test_every_column_that_staging_makes_a_record_of_is_marked_as_naming_a_person():
    """Or a row that is set aside would be about nobody, and absence would be said of somebody."""
    staging = contract.ROOT / "dbt_project" / "models" / "staging"
    texts = [path.read_text(encoding="utf-8") for path in staging.glob("*/*.sql")]
    hashed = {
        (feed, table, column)
        for text in texts
        for _, table in re.findall(r"source\('(\w+)', '(\w+)'\)", text)[:1]
        for feed, column in re.findall(
            r"""hash_key\(\[\s*"'(\w+)'",\s*"parse\.clean\((\w+)\)"\s*\]\)""", text
        )
    }
    marked = {
        (feed, table.name, column.name)
        for feed, table, column in columns()
        if column.is_person_reference
    }
    assert marked == hashed


def test_who_a_row_is_about_is_marked_wherever_names_and_a_birth_date_are_sent():
    """Or a row that is set aside would be about nobody whom another service knows."""
    parts = ["date_of_birth", "family_name", "given_name"]
    told = {
        (one.feed, table.name)
        for one in agreed()
        for table in one.tables
        if sorted(it.identity_part for it in table.columns if it.identity_part) == parts
    }
    marked = {(feed, table.name) for feed, table, column in columns() if column.identity_part}
    named = {
        (feed, table.name)
        for feed, table, _ in columns()
        if sum(it.rule == "person_name" for it in table.columns) > 1
        and any(it.name in ("date_of_birth", "pers_dob") for it in table.columns)
    }
    assert told == marked == named


def test_every_column_says_why_it_is_needed_and_what_class_of_personal_data_it_is():
    for feed, table, column in columns():
        where = (feed, table.name, column.name)
        assert len(column.description.split()) > 1, where
        assert column.personal_data_class in contract.PERSONAL_DATA_CLASSES, where


def test_what_could_hurt_most_is_classed_as_such():
    classes = {(feed, column.name): column.personal_data_class for feed, _, column in columns()}
    for (feed, name), found in classes.items():
        if name == "ethnicity_code":
            assert found == "special category", feed
        if name in ("nhs_number", "nino", "pnc_id", "upn", "family_name", "given_name"):
            assert found == "identifier", (feed, name)
    assert classes["police", "offence_code"] == "criminal offence"


def test_a_feed_that_holds_offences_or_special_categories_names_its_condition():
    for one in agreed():
        classes = {column.personal_data_class for table in one.tables for column in table.columns}
        assert "special category" not in classes or one.special_category_condition, one.feed
        assert "criminal offence" not in classes or one.criminal_offence_condition, one.feed


def test_a_reference_leads_to_a_table_and_column_of_the_same_feed():
    for feed, _, column in columns():
        if column.refers_to:
            table, name = column.refers_to.split(".")
            contract.load(feed, None).table(table).column(name)


def test_a_rule_speaks_only_of_columns_of_its_table():
    words = {"and", "or", "not", "is", "null", "from", "where"}
    for one in agreed():
        for table in one.tables:
            names = {column.name for column in table.columns} | words
            for rule in table.rules:
                bare = re.sub(r"'[^']*'|\d+", " ", rule.breaks_when)
                bare = re.sub(r"::\w+|\b\w+(?=\()", " ", bare)
                used = set(re.findall(r"[a-z_]\w*", bare))
                assert used <= names, (one.feed, table.name, rule.name)


def test_no_header_of_a_table_means_two_columns():
    for one in agreed():
        for table in one.tables:
            headers = [
                contract.header_key(text) for column in table.columns for text in column.headers
            ]
            clear = [
                {contract.header_key(text) for text in column.headers} for column in table.columns
            ]
            assert len(set(headers)) == sum(map(len, clear)), (one.feed, table.name)


def test_the_demo_council_has_an_agreement_for_every_feed():
    with (COUNCILS / "demo" / "agreement.csv").open(encoding="utf-8", newline="") as file:
        held = {(row["feed"], row["agreement_reference"]) for row in csv.DictReader(file)}
    assert {(one.feed, one.agreement_reference) for one in agreed()} <= held


# What is written from them


def test_what_is_written_from_the_contracts_is_current():
    assert [path.name for path in generated.stale()] == [], "write it again: ./run contracts"


def test_a_changed_file_is_stale_and_is_written_again(tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "ROOT", tmp_path)
    made = generated.write()
    assert generated.stale() == []
    assert len(made) == 1 + 2 * len(contract.feeds())
    made[-1].write_text(made[-1].read_text() + "by hand")
    assert generated.write() == [made[-1]]
    assert generated.stale() == []


def test_generated_files_do_not_depend_on_the_council(monkeypatch):
    monkeypatch.setenv("FAMILY_CONTEXT_COUNCIL", "no such council")
    assert generated.stale() == []


def test_dbt_reads_what_is_in_force_and_knows_the_class_of_every_column(manifest):
    sources = {
        (source["source_name"], source["name"]): source
        for source in manifest["sources"].values()
        if source["source_name"] in contract.feeds()
    }
    assert set(sources) == {(feed, table.name) for feed, table, _ in columns()}
    for feed, table, column in columns():
        source = sources[feed, table.name]
        assert source["relation_name"].endswith(f'"{table.name}_in_force"')
        meta = source["columns"][column.name]["config"]["meta"]
        assert meta["personal_data_class"] == column.personal_data_class


@pytest.mark.parametrize("feed", contract.feeds())
def test_a_page_answers_in_order_who_when_why_what_and_quirks(feed):
    page = (contract.ROOT / "docs" / "feeds" / f"{feed}.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.M) == [
        "Who sends it, and whom to ring",
        "How often, and how late",
        "Lawful basis",
        "Each column, and why",
        "Quirks",
    ]
    for target in set(re.findall(r"\]\(([^)#]+)\)", page)):
        assert (contract.ROOT / "docs" / "feeds" / target).exists(), target


# A contract that cannot be used


def broken(folder, change):
    """A police contract with one thing wrong, read."""
    path = contract.CONTRACTS / "police.odcs.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(document)
    copy = folder / path.name
    copy.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return contract.read(copy)


def first_column(document):
    return document["schema"][0]["properties"][0]


def without(document, name):
    for part in ("slaProperties", "customProperties"):
        document[part] = [item for item in document[part] if item["property"] != name]


BROKEN = {
    "id is": lambda d: d.update(id="polise"),
    "lawfulBasis is missing": lambda d: without(d, "lawfulBasis"),
    "agreementReference is missing": lambda d: without(d, "agreementReference"),
    "errorAge is missing": lambda d: without(d, "errorAge"),
    "occurrence_ref: classification": lambda d: first_column(d).pop("classification"),
    "classification must be one of": lambda d: first_column(d).update(classification="secret"),
    "why it is needed": lambda d: first_column(d).pop("description"),
    "logicalType must be one of": lambda d: first_column(d).update(logicalType="object"),
    "use lower-case letters": lambda d: first_column(d).update(name="Occurrence Ref"),
    "named twice": lambda d: d["schema"][0]["properties"].append(first_column(d)),
    "unknown date format": lambda d: next(
        item for item in d["customProperties"] if item["property"] == "dateFormats"
    ).update(value=["DD.MM.YY"]),
    "has no key": lambda d: [c.pop("primaryKey", 0) for c in d["schema"][0]["properties"]],
    "kind must be one of": lambda d: d["customProperties"].append(
        {"property": "kind", "value": "rumour"}
    ),
    "severity must be one of": lambda d: d["schema"][0]["quality"][0].update(severity="warn"),
    "write it as": lambda d: d["schema"][0]["quality"][0].update(query="select 1"),
    "not a data contract": lambda d: d.update(schema="person_occurrence"),
}


@pytest.mark.parametrize("says", BROKEN)
def test_a_broken_contract_says_where_and_what_to_do(tmp_path, says):
    with pytest.raises(contract.ContractError) as error:
        broken(tmp_path, BROKEN[says])
    message = str(error.value)
    assert message.startswith("police.odcs.yaml: ")
    assert says in message


def test_a_file_that_is_no_yaml_says_so(tmp_path):
    (tmp_path / "police.odcs.yaml").write_text("schema: [", encoding="utf-8")
    with pytest.raises(contract.ContractError, match=r"police\.odcs\.yaml: not a data contract"):
        contract.read(tmp_path / "police.odcs.yaml")


def test_an_unknown_feed_or_council_says_which_there_are():
    with pytest.raises(contract.ContractError, match="Feeds: adult_social_care, anti_social"):
        contract.load("libraries")
    with pytest.raises(contract.ContractError, match="no council called nowhere"):
        contract.load("housing", "nowhere")


# The raw tables


def test_a_feed_grows_and_shrinks_with_its_contract_and_keeps_its_rows(database):
    police = contract.load("police", None)
    (table,) = police.tables
    database.execute(
        "insert into raw_police.person_occurrence"
        " (_row_hash, _delivery_id, _row_number, person_ref) values ('h', 1, 2, 'kept')"
    )
    first, *rest = table.columns
    new = replace(first, name="of_late", is_key=False)
    fewer = [column for column in rest if column.name != "pnc_id"]
    changed = replace(police, tables=(replace(table, columns=(first, new, *fewer)),))
    database.execute(contract.raw_ddl(changed))
    kept = database.execute("select * from raw_police.person_occurrence_in_force")
    names = [column.name for column in kept.description]
    assert names[3:6] == ["occurrence_ref", "of_late", "person_ref"]
    assert "pnc_id" not in names
    assert dict(zip(names, kept.fetchone(), strict=True))["person_ref"] == "kept"
    database.execute(contract.raw_ddl(police))  # and back


def test_a_new_column_that_is_empty_leaves_the_hash_of_a_row_as_it_was(database):
    (table,) = contract.load("police", None).tables
    new = replace(table.columns[0], name="of_late")
    grown = replace(table, columns=(table.columns[0], new, *table.columns[1:]))
    hashes = [
        database.execute(
            sql.SQL("select {} from (select '7' as {}, null as {}) as arrival").format(
                sql.SQL(contract.row_hash_sql(one)),
                sql.Identifier("person_ref"),
                sql.SQL(", null as ").join(
                    sql.Identifier(column.name)
                    for column in one.columns
                    if column.name != "person_ref"
                ),
            )
        ).fetchone()
        for one in (table, grown)
    ]
    assert hashes[0] == hashes[1]


# A council's own spellings and dates


def council(folder, monkeypatch, **files):
    monkeypatch.setattr(contract, "COUNCILS", folder)
    (folder / "elsewhere").mkdir()
    for name, text in files.items():
        (folder / "elsewhere" / f"{name}.csv").write_text(text, encoding="utf-8")
    contract._load.cache_clear()
    return lambda feed: contract.load(feed, "elsewhere")


def test_a_councils_header_wins_over_the_contracts_spelling(tmp_path, monkeypatch):
    load = council(
        tmp_path, monkeypatch,
        header_alias="feed,table_name,supplied_header,column_name\n"
        "police,person_occurrence,Crime URN,force_code\n",
    )  # fmt: skip
    table = load("police").table("person_occurrence")
    assert table.column_for(" crime_urn ").name == "force_code"
    assert table.column_for("Occurrence Number").name == "occurrence_ref"


def test_one_header_for_two_columns_is_refused(tmp_path, monkeypatch):
    load = council(
        tmp_path, monkeypatch,
        header_alias="feed,table_name,supplied_header,column_name\n"
        "police,person_occurrence,Ref,force_code\npolice,person_occurrence,ref,person_ref\n",
    )  # fmt: skip
    with pytest.raises(contract.ContractError, match="one header stands for two columns"):
        load("police")


def test_a_councils_date_formats_replace_the_contracts(tmp_path, monkeypatch):
    load = council(
        tmp_path, monkeypatch,
        date_format="feed,table_name,column_name,date_format\nhousing,tenancy,start_date,YYYYMMDD\n",
    )  # fmt: skip
    table = load("housing").table("tenancy")
    assert table.column("start_date").date_formats == ("YYYYMMDD",)
    assert "YYYY-MM-DD" in table.column("end_date").date_formats


def test_a_setting_for_a_column_that_is_not_there_says_where(tmp_path, monkeypatch):
    load = council(
        tmp_path, monkeypatch,
        date_format="feed,table_name,column_name,date_format\nhousing,tenancy,started,YYYYMMDD\n",
    )  # fmt: skip
    with pytest.raises(contract.ContractError, match=r"elsewhere/date_format\.csv: started is not"):
        load("housing")
