"""One reading of a value: the functions of the schema parse, against vectors and oracles."""

import csv
import datetime as dt
from pathlib import Path

import nhs_number
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations import contract

VECTORS = Path(__file__).parent / "vectors" / "identifiers.csv"
ISO, UK, US = "YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY"
STRPTIME = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYY-MM-DD HH24:MI:SS": "%Y-%m-%d %H:%M:%S",
    "YYYY-MM-DDTHH24:MI:SS": "%Y-%m-%dT%H:%M:%S",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
    "YYYYMMDD": "%Y%m%d",
    "DD Mon YYYY HH24:MI:SS": "%d %b %Y %H:%M:%S",
    "DD-Mon-YYYY": "%d-%b-%Y",
}
UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
many = settings(
    deadline=None,
    max_examples=100,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# text that PostgreSQL can hold
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


@pytest.fixture(scope="module")
def ask(database):
    def ask(function, *values):
        places = ", ".join(["%s"] * len(values))
        return database.execute(f"select parse.{function}({places})", values).fetchone()[0]

    return ask


def vectors(identifier):
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["identifier"] == identifier]
    return [pytest.param(row["value"], row["expected"], id=row["value"]) for row in rows]


# Names


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("WÃ³jcik", "Wójcik"),
        ("AyÅŸe", "Ayşe"),
        ("JabÅ‚oÅ„ski", "Jabłoński"),
        ("Åsa Ångström", "Åsa Ångström"),
        ("ÅÄ", "ÅÄ"),
        ("Ã…Å?", "Ã…Å?"),
    ],
)
def test_a_name_read_in_the_wrong_encoding_is_read_again(ask, value, expected):
    assert ask("name", value) == expected


# NHS numbers


@pytest.mark.parametrize(("value", "expected"), vectors("nhs_number"))
def test_an_nhs_number_is_read_as_the_vectors_say(ask, value, expected):
    digits = value.replace(" ", "").replace("-", "").zfill(10)
    assert ask("nhs_number", value, True) == (digits if expected == "valid" else None)


@many
@given(digits=st.text("0123456789", min_size=9, max_size=9))
def test_an_nhs_number_is_valid_when_the_library_says_so(ask, digits):
    for check in range(10):
        text = f"{digits}{check}"
        assert (ask("nhs_number", text, True) == text) == _is_nhs_number(text)


def _is_nhs_number(text):
    """The library on check digit and range, and our rule on repeated digits."""
    regions = (
        nhs_number.REGION_ENGLAND_WALES_IOM,
        nhs_number.REGION_NORTHERN_IRELAND,
        nhs_number.REGION_SCOTLAND,
        nhs_number.REGION_SYNTHETIC,
    )
    in_range = any(nhs_number.is_valid(text, for_region=region) for region in regions)
    return in_range and len(set(text)) > 1


def test_a_test_number_counts_only_on_request(ask):
    assert ask("nhs_number", "9990000018", False) is None
    assert ask("nhs_number", "4000000632", False) == "4000000632"


def test_a_number_that_a_spreadsheet_shortened_is_mended(ask):
    assert ask("nhs_number", "607230002", True) == "0607230002"
    assert ask("nhs_number", "607230002.0", True) == "0607230002"
    assert ask("nhs_number", "9.99000E+09", True) is None


# Pupil numbers


@pytest.mark.parametrize(("value", "expected"), vectors("upn"))
def test_a_upn_is_read_as_the_vectors_say(ask, value, expected):
    is_joinable = expected in ("valid", "format_and_check_ok")
    assert ask("upn", value) == (value.strip().upper() if is_joinable else None)


@many
@given(digits=st.text("0123456789", min_size=12, max_size=12), letter=st.sampled_from(UPN_LETTERS))
def test_one_check_letter_makes_a_upn(ask, digits, letter):
    total = sum(place * int(digit) for place, digit in enumerate(digits, start=2))
    right = UPN_LETTERS[total % 23]
    assert ask("upn", letter + digits) == (letter + digits if letter == right else None)
    assert ask("upn", right + digits) == right + digits


# Property references and postcodes


@pytest.mark.parametrize(("value", "expected"), vectors("uprn"))
def test_a_uprn_is_read_as_the_vectors_say(ask, value, expected):
    assert ask("uprn", value) == (value.lstrip("0") if expected == "valid" else None)


@pytest.mark.parametrize(("value", "expected"), vectors("postcode"))
def test_a_postcode_is_read_as_the_vectors_say(ask, value, expected):
    compact = value.replace(" ", "").upper()
    wanted = f"{compact[:-3]} {compact[-3:]}" if expected == "valid" else None
    assert ask("postcode", value) == wanted


@pytest.mark.parametrize("value", ["ZX1 4AB", "zx14ab", " ZX1  4AB "])
def test_the_postcodes_of_the_demo_are_postcodes(ask, value):
    assert ask("postcode", value) == "ZX1 4AB"


# Dates


@pytest.mark.parametrize(("value", "expected"), vectors("date_of_birth"))
def test_a_date_is_read_and_not_judged(ask, value, expected):
    found = ask("try_date", value, [ISO, UK])
    assert (found is None) == (expected == "invalid")


@many
@given(
    moment=st.datetimes(min_value=dt.datetime(1, 1, 1), max_value=dt.datetime(9999, 12, 31)),
    chosen=st.sampled_from(contract.DATE_FORMATS),
)
def test_a_date_in_a_declared_format_is_read_back(ask, moment, chosen):
    text = _written(moment, chosen)
    assert ask("try_date", text, [chosen]) == moment.date()
    has_time = "HH24" in chosen
    wanted = moment.replace(microsecond=0) if has_time else dt.datetime.combine(moment, dt.time())
    assert ask("try_timestamp", text, [chosen]) == wanted


@many
@given(
    text=st.from_regex(r"[0-9]{2,4}[-/ ]?([0-9]{2}|Jan|feb|Xxx)[-/ ]?[0-9]{2,4}", fullmatch=True),
    chosen=st.sampled_from([f for f in contract.DATE_FORMATS if "HH24" not in f]),
)
def test_a_text_is_a_date_only_when_python_says_so(ask, text, chosen):
    assert ask("try_date", text, [chosen]) == _read(text, chosen)


@many
@given(text=st.builds("{:04d}-{:02d}-{:02d}".format, *[st.integers(0, n) for n in (9999, 19, 39)]))
def test_a_day_that_does_not_exist_is_not_read(ask, text):
    assert ask("try_date", text, [ISO]) == _read(text, ISO)
    year, month, day = text.split("-")
    assert ask("try_date", f"{day}/{month}/{year}", [UK]) == _read(text, ISO)


def _written(moment, chosen):
    # strftime does not fill up years below 1000
    return moment.strftime(STRPTIME[chosen].replace("%Y", f"{moment.year:04d}"))


def _read(text, chosen):
    try:
        moment = dt.datetime.strptime(text, STRPTIME[chosen])
    except ValueError:
        return None
    # Python also reads days and months of one digit
    return moment.date() if _written(moment, chosen).lower() == text.lower() else None


@pytest.mark.parametrize(
    "value",
    ["01/02/15", "1/2/2015", "infinity", "-infinity", "now", "today", "2015-02-30", "0000-01-01",
     "2015-13-01", "2015-00-10", "2023-02-29", "١٢/٠١/٢٠١٥", "2015-01-01x", ""],
)  # fmt: skip
def test_what_is_no_date_is_null(ask, value):
    assert ask("try_date", value, list(contract.DATE_FORMATS)) is None


@pytest.mark.parametrize("time", ["24:00:00", "12:60:00", "12:00:60", "12:00", "1:00:00"])
def test_a_time_that_does_not_exist_is_not_read(ask, time):
    assert ask("try_timestamp", f"2015-02-01 {time}", ["YYYY-MM-DD HH24:MI:SS"]) is None


def test_a_moment_at_midnight_is_a_day_where_moments_are_declared(ask):
    moments = [ISO, "YYYY-MM-DD HH24:MI:SS"]
    assert ask("try_date", "2015-02-01 00:00:00", moments) == dt.date(2015, 2, 1)
    assert ask("try_date", "2015-02-01 00:00:00", [ISO]) is None
    assert ask("try_date", "2015-02-30 00:00:00", moments) is None


def test_fractions_of_a_second_are_dropped(ask):
    read = ask("try_timestamp", "2015-02-01 10:11:12.987", ["YYYY-MM-DD HH24:MI:SS"])
    assert read == dt.datetime(2015, 2, 1, 10, 11, 12)


def test_of_two_formats_the_first_declared_reads(ask):
    assert ask("try_date", "03/04/2015", [UK, US]) == dt.date(2015, 4, 3)
    assert ask("try_date", "03/04/2015", [US, UK]) == dt.date(2015, 3, 4)
    assert ask("try_date", "13/04/2015", [US, UK]) == dt.date(2015, 4, 13)


def test_a_date_that_two_formats_read_differently_has_two_readings(ask):
    assert ask("date_readings", "03/04/2015", [UK, US]) == 2
    assert ask("date_readings", "04/04/2015", [UK, US]) == 1
    assert ask("date_readings", "31/31/2015", [UK, US]) == 0
    assert ask("date_readings", None, [UK, US]) == 0


def test_the_days_that_mean_unknown_are_known_to_the_contracts(ask):
    for feed in contract.feeds():
        for table in contract.load(feed, None).tables:
            for column in table.columns:
                for day in column.sentinel_dates:
                    assert ask("try_known_date", day, [ISO]) is None, (feed, column.name)
                    assert ask("try_date", day, [ISO]) is not None


# Text


def test_the_words_for_nothing_are_those_of_the_contracts(ask):
    for feed in contract.feeds():
        for table in contract.load(feed, None).tables:
            for column in table.columns:
                function = "name" if column.rule == "person_name" else "clean"
                kept = [word for word in column.null_tokens if ask(function, word) is not None]
                assert kept == [], (feed, table.name, column.name)


@pytest.mark.parametrize("name", ["Null", "None", "Na", "Unknown", "O'Neill", "Ng"])
def test_a_surname_is_not_taken_for_nothing(ask, name):
    assert ask("name", name) == name


@many
@given(value=texts)
def test_cleaning_twice_changes_nothing(ask, value):
    once = ask("clean", value)
    assert once is None or ask("clean", once) == once


def test_spaces_are_tidied(ask):
    assert ask("clean", "  12\u00a0 High\tStreet\n") == "12 High Street"
    assert ask("clean", " \u00a0\n ") is None


# Numbers and flags


@many
@given(value=st.integers(-999_999_999, 999_999_999))
def test_a_whole_number_is_read_back(ask, value):
    assert ask("try_integer", f" {value} ") == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12.50", "12.50"), ("-3", "-3"), ("£1,234.50", "1234.50"), ("1,23", None), ("1e5", None),
     ("NaN", None), ("Infinity", None), ("", None), ("12.", None), ("3-Apr", None)],
)  # fmt: skip
def test_a_number_is_digits(ask, value, expected):
    found = ask("try_numeric", value)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Y", True), ("yes ", True), ("TRUE", True), ("t", True), ("1", True), ("N", False),
     ("No", False), ("false", False), ("F", False), ("0", False), ("", None), ("maybe", None)],
)  # fmt: skip
def test_a_flag_is_yes_or_no_or_unread(ask, value, expected):
    assert ask("try_boolean", value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("09261", "09261"),
        ("92/61", "09261"),
        ("092/61", "09261"),
        ("5/1", "00501"),
        ("drugs", None),
    ],
)
def test_an_offence_code_has_five_digits(ask, value, expected):
    assert ask("offence_code", value) == expected


# Whom to ring


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0113 496 0000", "01134960000"), ("+44 (0)113 496 0000", "01134960000"),
     ("0044 113 496 0000", "01134960000"), ("7700900123", "07700900123"),
     ("0113 496 0000 ext. 12", "01134960000 ext 12"), ("+353 1 496 0000", "+35314960000"),
     ("00000000000", None), ("0113", None), ("ask at desk", None)],
)  # fmt: skip
def test_a_telephone_number_can_be_dialled(ask, value, expected):
    assert ask("telephone", value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(" A.Bell@Example.org ", "a.bell@example.org"), ("a@b", None), ("a b@example.org", None),
     ("@example.org", None), ("a@@example.org", None)],
)  # fmt: skip
def test_an_email_address_has_its_shape(ask, value, expected):
    assert ask("email", value) == expected


# Addresses


@pytest.mark.parametrize(
    ("address", "unit", "house_number"),
    [
        ("Flat 2, 14 High Street", "2", "14"),
        ("flat 2 14 high street", "2", "14"),
        ("14 High Street, Flat 2", "2", "14"),
        ("Apt. 2, 14 High Street", "2", "14"),
        ("2/14 High Street", "2", "14"),
        ("Flat 2/14 High Street", "2", "14"),
        ("Flat 2A, 14 High Street", "2A", "14"),
        ("Flat 2A", "2A", None),
        ("Flat B, 14 High Street", "B", "14"),
        ("14A High Street", None, "14A"),
        ("14 A High Street", None, "14A"),
        ("14-16 High Street", None, "14-16"),
        ("No. 14 High Street", None, "14"),
        ("14, High Street", None, "14"),
        ("Apartment 3, Quay House, 20 Mill Lane", "3", "20"),
        ("Quay House 20 Mill Lane", None, "20"),
        ("Quay House, Mill Lane", None, None),
        ("Basement Flat, 14 High Street", "BASEMENT", "14"),
        ("First Floor, 14 High Street", "FIRST", "14"),
        ("4 Unity Street", None, "4"),
        ("2 Flatford Road", None, "2"),
        ("14", None, "14"),
        ("Pitch 4, 9 Moor Lane", "4", "9"),
        ("", None, None),
    ],
)
def test_an_address_yields_its_unit_and_house_number(ask, address, unit, house_number):
    assert (ask("unit", address), ask("house_number", address)) == (unit, house_number)


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("14 High Street", "HIGH STREET"),
        ("Flat 2, Quarry House, 45 Foundry Ln., Ashmere", "FOUNDRY LANE"),
        ("2/14 St Mary's  Rd, Ashmere", "ST MARYS ROAD"),
        ("Weaver Street, 12, Flat 7", "WEAVER STREET"),
        ("Union Hostel, 22 Farm Lane", "FARM LANE"),
        ("Rose Cottage, Ashmere", None),
        ("Street", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_yields_its_street_in_full(ask, address, street):
    assert ask("street", address) == street


def test_homes_of_one_building_do_not_share_a_unit(ask):
    homes = ["Flat 4, Block C", "Flat 4, Block D", "Flat 4", "Room 2, Flat 4", "Room 4", "Flat 4A"]
    units = [ask("unit", f"{home}, 20 Mill Lane") for home in homes]
    assert len(set(units)) == len(homes)


@pytest.mark.parametrize(
    ("address_type", "is_sensitive", "postcode", "expected"),
    [
        ("refuge", None, "ZX1 4AB", True),
        ("Women's Refuge", None, None, True),
        ("home", "Y", "ZX1 4AB", True),
        ("home", "unclear", "ZX1 4AB", True),
        ("home", None, "ZZZ SECUR", True),
        ("home", "N", "ZX1 4AB", False),
        (None, None, None, False),
        ("home", "n/a", "ZX1 4AB", False),
    ],
)
def test_a_protected_address_is_known(ask, address_type, is_sensitive, postcode, expected):
    assert ask("is_protected_address", address_type, is_sensitive, postcode) is expected


# JSON


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('{"HOUSE": "14", "STREET": "High Street"}', {"HOUSE": "14", "STREET": "High Street"}),
        ('{"STREET": "O\\"Neill\\u00e9"}', {"STREET": 'O"Neill\u00e9'}),
        ('{"N": -1.5, "A": null, "B": true}', {"N": -1.5, "A": None, "B": True}),
        ("{}", {}),
        ('{"STREET": "The "Old" Mill"}', None),
        ('{"STREET": "back\\slash"}', None),
        ('{"STREET": "\\u0000"}', None),
        ('{"STREET": "\\ud800"}', None),
        ('{"STREET": "two\nlines"}', None),
        ('{"A": 01}', None),
        ('{"A": "1",}', None),
        ('{"A": {"B": "1"}}', None),
        ("[1]", None),
        ("", None),
    ],
)
def test_a_broken_object_is_null_and_not_an_error(ask, value, expected):
    assert ask("try_jsonb", value) == expected


# Nothing raises, whatever a feed sends


@many
@given(value=texts)
def test_no_value_makes_a_function_fail(ask, value):
    ask("try_date", value, list(contract.DATE_FORMATS))
    ask("nhs_number", value, True)
    for function in (
        "clean", "name", "try_integer", "try_numeric", "try_boolean", "upn", "uprn", "postcode",
        "telephone", "email", "offence_code", "unit", "house_number", "street", "try_jsonb",
    ):  # fmt: skip
        ask(function, value)


@many
@given(text=st.text('{}[]":,\\u0dDaA1-. tn', max_size=30))
def test_no_broken_object_makes_the_reader_fail(ask, text):
    ask("try_jsonb", "{" + text + "}")


def test_nothing_is_read_out_of_nothing(ask):
    assert ask("try_date", None, [ISO]) is None
    assert ask("nhs_number", None, True) is None
    for function in ("clean", "name", "upn", "uprn", "postcode", "telephone", "email", "unit"):
        assert ask(function, None) is None


def test_every_function_may_run_in_parallel_and_catches_nothing(database):
    wrong = database.execute(
        "select proname from pg_proc where pronamespace = 'parse'::regnamespace"
        " and (provolatile <> 'i' or proparallel <> 's' or prosrc ~* 'exception')"
    ).fetchall()
    assert wrong == []
