"""The code lists of seeds/reference: each code means one thing, and every tie has its inverse."""

import csv
from pathlib import Path

import pytest

from expectations import contract

REFERENCE = Path(__file__).parents[1] / "seeds" / "reference"
CROSSWALKS = {
    "children_social_care_code_lists": ("source_scheme",),
    "cld_code_lists": ("source_scheme",),
    "ethnicity_crosswalk": ("source_scheme",),
    # tenancy codes are joined without their scheme
    "housing_tenure_crosswalk": (),
    "language_cbds": ("source_scheme",),
    "relationship_crosswalk": ("feed",),
    "sex_gender_crosswalk": ("source_scheme",),
}


def rows(seed):
    with (REFERENCE / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_only_the_feed_of_a_service_speaks_for_one():
    """Nothing found in council tax or the address register is ever said to be no involvement."""
    services = {row["feed"] for row in rows("feed") if row["kind"] == "service"}
    for path in contract.COUNCILS.glob("*/service_rule.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert {row["feed"] for row in csv.DictReader(file)} <= services, path


@pytest.mark.parametrize("seed", CROSSWALKS)
def test_a_code_means_one_thing_whatever_its_case(seed):
    keys = [
        (*[row[column] for column in CROSSWALKS[seed]], row["source_code"].lower())
        for row in rows(seed)
    ]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_the_code_lists_of_the_contracts_exist():
    for feed in contract.feeds():
        for table in contract.load(feed, None).tables:
            for column in table.columns:
                if not (column.code_list and column.code_list.seed):
                    continue
                schemes = {row["source_scheme"] for row in rows(column.code_list.seed)}
                wanted = column.code_list.scheme
                assert wanted is None or wanted in schemes, (feed, table.name, column.name)


def test_the_inverse_of_an_inverse_is_the_same_kind_of_tie():
    ties = {row["relationship_code"]: row for row in rows("relationship_code")}
    # the list has no code for a great-grandchild, a niece's uncle of unknown sex or an aunt's niece
    loose = {"grandparent", "extended_family"}
    for code, tie in ties.items():
        for column in ("inverse_code", "inverse_code_female", "inverse_code_male"):
            back = ties[ties[tie[column]]["inverse_code"]]
            same = back["relationship_group"] == tie["relationship_group"]
            assert same or tie["relationship_group"] in loose, (code, column)


@pytest.mark.parametrize(
    ("code", "male", "female", "unknown"),
    [("MTH", "SONC", "DAUC", "CHILD"), ("CHILD", "FTH", "MTH", "PRN"), ("GRMTH", "GRNDSON",
      "GRNDDAU", "GRNDCHILD"), ("STPFTH", "STPSON", "STPDAU", "STPCHLD"), ("HSIS", "HBRO", "HSIS",
      "HSIB"), ("MTHFOST", "SONFOST", "DAUFOST", "CHLDFOST"), ("CARER",) + ("CAREDFOR",) * 3],
)  # fmt: skip
def test_a_tie_turns_round_by_the_sex_of_the_person(code, male, female, unknown):
    tie = next(row for row in rows("relationship_code") if row["relationship_code"] == code)
    found = (tie["inverse_code_male"], tie["inverse_code_female"], tie["inverse_code"])
    assert found == (male, female, unknown)


def test_a_professional_contact_is_no_family_tie():
    groups = {
        row["source_code"]: (row["relationship_code"], row["relationship_group"])
        for row in rows("relationship_crosswalk")
        if row["feed"] == "school"
    }
    for code in ("DOC", "HTC", "TCH", "SWR", "RLG", "CHM"):
        assert groups[code] == ("", "none")


def test_a_nickname_is_in_lower_case_and_no_name_stands_for_itself():
    for row in rows("nickname"):
        assert row == {key: value.lower() for key, value in row.items()}
        assert row["nickname"] != row["given_name"]
