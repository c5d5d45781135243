"""The synthetic council: always the same, nobody real, defects at their rates, truth apart."""

import csv
import hashlib
import json
import re
import sys
from collections import Counter
from datetime import date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from expectations import contract
from seeds.synthetic import (
    SCRIPTED_CHILD,
    SIZES,
    defects,
    dwellings,
    generate,
    identifiers,
    institutions,
    make_ward,
    names,
    writer,
)
from seeds.synthetic.__main__ import main

AS_OF = date(2026, 1, 31)
FEEDS = contract.feeds()


@pytest.fixture(scope="module")
def council(tmp_path_factory):
    """The council of size S on night 1."""
    yield make(tmp_path_factory.mktemp("night1"))
    table.cache_clear()


@pytest.fixture(scope="module")
def next_night(tmp_path_factory):
    return make(tmp_path_factory.mktemp("night2"), night=2)


@pytest.fixture(scope="module")
def flawless(tmp_path_factory):
    """The same council with every defect switched off."""
    return make(tmp_path_factory.mktemp("flawless"), without=every_defect())


@pytest.fixture(scope="module")
def wider():
    """What defects did in four more wards: enough people for the rare ones."""
    log = defects.Log()
    for number in range(11, 15):
        *_, one = make_ward(1, number, SIZES["S"], AS_OF, 1)
        for key, (possible, done) in one.counts.items():
            total = log.counts.setdefault(key, [0, 0])
            total[0] += possible
            total[1] += done
    return log.counts


def every_defect():
    return frozenset(key[:3] for key in defects.RATES)


def make(folder: Path, **settings) -> Path:
    summary = generate(folder / "landing", "S", 7, AS_OF, **settings)
    (folder / "summary.json").write_text(json.dumps(summary.__dict__))
    return folder


def files(folder: Path) -> dict[str, str]:
    """Hash of every file, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@cache
def table(folder: Path, feed: str, name: str) -> list[dict]:
    """The rows of a table under the contract's column names."""
    spec = contract.load(feed).table(name)
    (path,) = (folder / "landing" / feed).glob(f"*/{name}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    columns = [spec.column_for(text).name for text in header]
    return [dict(zip(columns, row, strict=True)) for row in rows]


def truth(folder: Path, name: str) -> list[dict]:
    with (folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def all_tables(folder: Path):
    for feed in FEEDS:
        for spec in contract.load(feed).tables:
            yield feed, spec, table(folder, feed, spec.name)


# The same every time


def test_same_inputs_give_the_same_bytes(council, tmp_path):
    again = make(tmp_path)
    assert files(again / "landing") == files(council / "landing")
    assert files(again / "truth") == files(council / "truth")


def test_another_seed_is_another_council(council, tmp_path):
    generate(tmp_path / "landing", "S", 8, AS_OF)
    same = files(tmp_path / "landing").items() & files(council / "landing").items()
    assert {path.split("/")[-1] for path, _ in same} <= {"department.csv"}


def test_a_later_as_of_date_moves_the_extracts_and_nothing_else(council, tmp_path):
    generate(tmp_path / "landing", "S", 7, date(2026, 3, 1), began_on=AS_OF)
    moved = Counter(v for k, v in files(tmp_path / "landing").items() if k.endswith(".csv"))
    assert moved == Counter(v for k, v in files(council / "landing").items() if k.endswith(".csv"))


# What is delivered


def test_every_feed_delivers_every_table_and_column(council):
    tables = list(all_tables(council))
    assert len(tables) == 27
    for feed, spec, rows in tables:
        assert rows, f"{feed}.{spec.name} is empty"
        assert list(rows[0]) == [column.name for column in spec.columns]


def test_size_s_holds_about_7500_records_in_45000_rows(council):
    made = json.loads((council / "summary.json").read_text())
    assert 7_000 <= made["records"] <= 8_000
    assert 40_000 <= made["rows"] <= 50_000


def test_size_m_holds_its_records_by_having_more_wards():
    small, middle = SIZES["S"], SIZES["M"]
    assert 800_000 <= 7_500 * middle.wards * middle.residents / small.residents <= 900_000
    assert middle.wards <= identifiers.WARDS


def test_the_manifest_says_what_is_there(council):
    for feed in FEEDS:
        (path,) = (council / "landing" / feed).glob("*/manifest.json")
        manifest = json.loads(path.read_text())
        extracted = datetime.fromisoformat(manifest["extracted_at"])
        assert path.parent.name == f"{extracted:%Y-%m-%dT%H%M}"
        assert manifest["feed"] == feed
        assert manifest["contract_version"] == contract.load(feed).version
        assert manifest["coverage_start"] < manifest["coverage_end"] <= str(extracted.date())
        for name, facts in manifest["tables"].items():
            content = (path.parent / f"{name}.csv").read_bytes()
            assert facts["sha256"] == hashlib.sha256(content).hexdigest()
            assert facts["row_count"] == len(table(council, feed, name))


def test_only_the_police_extract_is_past_its_error_age(council):
    for feed in FEEDS:
        age = (AS_OF - writer.extract_time(feed, AS_OF, 1).date()).days
        assert (age > contract.load(feed).error_age_days) == (feed == "police")


def test_nothing_half_written_is_left(council):
    assert not list((council / "landing").rglob("*.part"))


def test_the_councils_own_headers_and_dates_are_used(council):
    (path,) = (council / "landing" / "police").glob("*/person_occurrence.csv")
    assert path.read_text(encoding="utf-8").startswith("Crime No.,Nominal Ref,")
    starts = {row["start_date"] for row in table(council, "housing", "tenancy")}
    assert all(re.fullmatch(r"\d\d/\d\d/\d{4}", day) for day in starts)
    births = {row["pers_dob"] for row in table(council, "childrens_social_care", "person")} - {""}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d 00:00:00", day) for day in births)


def test_dates_are_written_in_a_format_the_contract_accepts(council):
    for feed, spec, rows in all_tables(council):
        for column in spec.columns:
            shapes = [
                re.sub(
                    r"Y{4}|HH24|MI|SS|Mon|MM|DD",
                    lambda m: r"\w{4}" if m[0] == "YYYY" else r"\w{2,3}",
                    text,
                )
                for text in column.date_formats
            ]
            for value in {row[column.name] for row in rows} - {""} if shapes else ():
                assert any(re.fullmatch(shape, value) for shape in shapes), (
                    feed,
                    spec.name,
                    column.name,
                )


def test_codes_are_those_of_the_contract_when_nothing_goes_wrong(flawless):
    for feed, spec, rows in all_tables(flawless):
        for column in spec.columns:
            if column.code_list:
                used = {row[column.name].casefold() for row in rows} - {""}
                assert used <= listed(column.code_list), (feed, spec.name, column.name)


def listed(codes: contract.CodeList) -> set[str]:
    """The codes of a list, in the contract or in a seed, without regard to case."""
    if codes.values:
        return {value.casefold() for value in codes.values}
    path = contract.ROOT / "seeds" / "reference" / f"{codes.seed}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["source_code"].casefold()
            for row in csv.DictReader(file)
            if codes.scheme in (None, row["source_scheme"])
        }


def test_required_columns_are_always_filled_when_nothing_goes_wrong(flawless):
    for feed, spec, rows in all_tables(flawless):
        for column in spec.columns:
            if column.is_required:
                empty = sum(not row[column.name] for row in rows)
                assert empty == 0, (feed, spec.name, column.name)


def test_keys_are_unique_when_nothing_goes_wrong(flawless):
    for feed, spec, rows in all_tables(flawless):
        keys = [tuple(row[name] for name in spec.key) for row in rows]
        assert len(set(keys)) == len(keys), (feed, spec.name)


def test_references_lead_somewhere_when_nothing_goes_wrong(flawless):
    for feed, spec, rows in all_tables(flawless):
        for column in spec.columns:
            if not column.refers_to:
                continue
            other, name = column.refers_to.split(".")
            known = {row[name] for row in table(flawless, feed, other)}
            used = {row[column.name] for row in rows} - {"", "-1"}
            assert used <= known, (feed, spec.name, column.name)


# Nobody real


TEST_RANGES = {
    "nhs_number": r"999 ?\d{3} ?\d{4}(\.0)?",
    "upn": r"[A-Z]999\d{8}[0-9A-Z]|UN\d+",
    "uln": r"99\d{8}",
    "postcode": r"(ZX[\dOI]{1,2}( [\dOI]?[A-Z]{2})?|ZZZSECUR)",
    "telephone": r"(01632 960|011[3-8] 496 0|0121 496 0|0151 496 0|0161 496 0|0191 498 0)\d{3}"
    r"|07700 900\d{3}|03069 990\d{3}",
    "email": r"[^@\s]+@([a-z]+\.)*example\.(org|com|net)",
    "uprn": r"9\d{11}",
    "pnc_id": r"NULL|\d{4}/9\d{6}[A-Z]",
    "national_insurance_number": r"",
}  # fmt: skip


def rule_of(column) -> str | None:
    named = {"school_urn": "urn", "pers_single_unique_id": "nhs_number"}
    return column.rule or named.get(column.name)


@pytest.mark.parametrize("rule", TEST_RANGES)
def test_identifiers_lie_in_their_test_range(council, next_night, rule):
    seen = 0
    for folder in (council, next_night):
        for feed, spec, rows in all_tables(folder) if folder is council else ():
            for column in spec.columns:
                if rule_of(column) != rule:
                    continue
                for value in {row[column.name] for row in rows} - {""}:
                    seen += 1
                    where = f"{feed}.{spec.name}.{column.name}"
                    assert re.fullmatch(TEST_RANGES[rule], value), where
    assert seen or rule == "national_insurance_number"


def test_nothing_anywhere_looks_like_a_real_number(council):
    """Whole files, in case an identifier hides in a column of another name."""
    for path in (council / "landing").rglob("*.csv"):
        text = path.read_text(encoding="utf-8")
        for number in re.findall(r"(?<![\d-])\d{10}(?!\d)", text):
            assert number.startswith("99"), path.name
        for number in re.findall(r"(?<!\d)07\d{3} ?\d{6}(?!\d)", text):
            assert number.startswith("07700 900"), path.name
        for address in re.findall(r"@[\w.]+", text):
            assert address.endswith("example.org"), path.name


def test_nhs_numbers_pass_their_check_and_no_two_people_share_one(council):
    numbers = [row["nhs_number"] for row in truth(council, "person") if row["nhs_number"]]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert sum(int(d) * w for d, w in zip(number, range(10, 0, -1), strict=True)) % 11 == 0


def test_wards_never_share_an_nhs_number():
    wards = [
        set(islice(identifiers.nhs_numbers(ward), 7_000))
        for ward in (0, 1, 2, identifiers.WARDS - 1)
    ]
    assert sum(map(len, wards)) == len(set().union(*wards))
    with pytest.raises(ValueError, match="124 wards"):
        next(identifiers.nhs_numbers(identifiers.WARDS))


def test_pupil_numbers_carry_their_check_letter():
    made = identifiers.upn(2001, 2017, 1)
    values = [int(c) for c in made[1:]]
    assert made[0] == identifiers.UPN_LETTERS[sum(v * w for w, v in enumerate(values, 2)) % 23]
    assert identifiers.temporary_upn(2001, 2017, 5)[-1].isalpha()


# Defects


def within(possible: int, done: int, rate: float) -> bool:
    """Whether a count could well come from that rate: within four standard deviations."""
    spread = (possible * rate * (1 - rate)) ** 0.5
    return abs(done - possible * rate) <= 4 * spread + 2


@pytest.mark.parametrize("defect", defects.RATES)
def test_each_defect_occurs_at_its_rate(wider, defect):
    for feed, rate in defects.RATES[defect].items():
        possible, done = wider[defect, feed]
        if defect == "D10":
            assert done >= 1  # two rates: under six weeks, and older
            continue
        assert within(possible, done, rate), (feed, possible, done)


def test_the_rare_defect_is_seen_where_there_are_enough_people(wider):
    assert all(
        sum(n for (d, _), (_, n) in wider.items() if d == defect) for defect in defects.RATES
    )


@pytest.mark.parametrize("defect", sorted({key[:3] for key in defects.RATES}))
def test_each_defect_can_be_switched_off_and_leaves_the_others_as_they_were(council, defect):
    log = defects.Log(frozenset({defect}))
    assert not list(log.choose(defect, FakeHolding(), [FakeItem()] * 50, rate=1.0))
    log.without = frozenset()
    assert list(log.choose(defect, FakeHolding(), [FakeItem()] * 50, rate=1.0))


class FakeItem:
    is_spared, source_person_id = False, "1"


class FakeHolding:
    feed = "housing"


def test_an_unknown_defect_cannot_be_switched_off():
    with pytest.raises(ValueError, match="D99"):
        defects.Log(frozenset({"D99"}))


def test_without_defects_records_are_as_people_are(flawless):
    people = {row["person_id"]: row for row in truth(flawless, "person")}
    whose = {
        row["source_person_id"]: people[row["person_id"]]
        for row in truth(flawless, "source_record")
        if row["feed"] == "police"
    }
    for row in table(flawless, "police", "person_occurrence"):
        person = whose[row["source_person_id"]]
        assert (row["given_name"], row["family_name"]) == (
            person["given_name"],
            person["family_name"],
        )
        assert row["date_of_birth"] == person["born"]
    assert not truth(flawless, "defect")


SIGNS = {
    "D03": (
        "childrens_social_care",
        "person",
        lambda r: re.search("DUPLICATE|DO NOT USE|dup of|MERGED", r["pers_surname"]),
    ),
    "D09": (
        "housing",
        "member",
        lambda r: re.search(
            r"Mr & Mrs|^Mrs? |Jnr|Snr|deceased|Exors",
            f"{r['given_name']}{r['family_name']}{r['title']}",
        ),
    ),
    "D11": ("anti_social_behaviour", "asb_person", lambda r: not r["date_of_birth"]),
    "D12": ("housing", "member", lambda r: r["date_of_birth"] in ("01/01/1900", "01/01/1901")),
    "D17": ("adult_social_care", "cld", lambda r: not r["nhs_number"]),
    "D23": (
        "police",
        "person_occurrence",
        lambda r: not re.fullmatch(r"ZX\d{1,2} \d[A-Z]{2}", r["postcode"]),
    ),
    "D24": ("police", "person_occurrence", lambda r: not r["uprn"]),
    "D29": ("childrens_social_care", "involvements", lambda r: r["invo_professional_id"] == "-1"),
    "D30": (
        "police",
        "person_occurrence",
        lambda r: r["role"] not in ("suspect", "convict", "victim", "witness", "other"),
    ),
    "D31": ("childrens_social_care", "relationship", lambda r: r["relationship_code"] == "ZZZ"),
}


@pytest.mark.parametrize("defect", SIGNS)
def test_a_defect_can_be_seen_in_the_file_and_is_absent_without_it(council, flawless, defect):
    feed, name, sign = SIGNS[defect]
    if defect != "D03":  # one in two hundred children: S may have none
        assert any(sign(row) for row in table(council, feed, name))
    assert not any(sign(row) for row in table(flawless, feed, name))


def test_no_defect_shows_where_a_refuge_is_as_an_ordinary_home(council):
    refuges = {row["uprn"] for row in truth(council, "dwelling") if row["kind"] == "refuge"}
    for feed, spec, rows in all_tables(council):
        if "is_sensitive" in [column.name for column in spec.columns]:
            open_ones = [r for r in rows if r["uprn"] in refuges and r["is_sensitive"] != "Y"]
            assert not open_ones, (feed, spec.name)


# The truth


def test_every_source_record_is_of_one_person(council):
    people = {row["person_id"] for row in truth(council, "person")}
    owners = {}
    for row in truth(council, "source_record"):
        assert row["person_id"] in people
        assert owners.setdefault((row["feed"], row["source_person_id"]), row["person_id"])
    ids = [(row["feed"], row["source_person_id"]) for row in truth(council, "source_record")]
    assert len(ids) == len(set(ids))
    for feed, name, column in (
        ("childrens_social_care", "person", "pers_person_id"),
        ("childrens_social_care", "related_person", "source_person_id"),
        ("school", "enrolment", "source_pupil_id"),
        ("adult_social_care", "cld", "la_person_id"),
        ("housing", "member", "source_person_id"),
        ("anti_social_behaviour", "asb_person", "source_person_id"),
        ("police", "person_occurrence", "source_person_id"),
    ):
        assert all((feed, row[column]) in owners for row in table(council, feed, name)), name


def test_every_school_contact_is_of_one_person(council):
    known = {(r["source_pupil_id"], r["contact_order"]) for r in truth(council, "school_contact")}
    sent = {(r["source_pupil_id"], r["contact_order"]) for r in table(council, "school", "contact")}
    assert sent <= known


def test_the_hard_cases_are_all_there(council):
    kinds = {row["kind"] for row in truth(council, "hard_case")}
    assert kinds >= {
        "near_identical_twins", "twins", "namesake", "father_and_son", "separated_parents",
        "new_partner", "half_sibling", "grandparent_carer", "three_generations", "teen_parent",
        "care_leaver", "looked_after", "refuge", "unborn", "died", "lodger", "adult_siblings",
        "adult_child_at_home", "house_in_multiple_occupation", "unaccompanied_asylum_seeker",
        "same_initial", "scripted_family", "two_mothers", "grown_sibling_at_home", "newcomer",
        "former_step_parent", "adopted", "back_from_care", "two_families", "sofa_surfer",
        "temporary_accommodation", "extended_family", "parent_in_prison",
        "sibling_in_student_hall", "traveller_pitch",
    }  # fmt: skip
    assert kinds & {"kinship_carer", "special_guardian"}
    marks = " ".join(row["marks"] for row in truth(council, "person"))
    wanted = ("hostel", "care_home", "moved_away", "outsider", "prison", "student_hall")
    assert all(mark in marks for mark in wanted)


def test_people_of_every_kind_of_institution_are_known_to_a_service(council):
    kinds = {row["dwelling_id"]: row["kind"] for row in truth(council, "dwelling")}
    held = {row["person_id"] for row in truth(council, "source_record")}
    lived_in = Counter(
        kinds[row["dwelling_id"]]
        for row in truth(council, "stay")
        if not row["until"] and row["person_id"] in held
    )
    assert set(dwellings.INSTITUTIONS) <= set(lived_in)
    assert lived_in["prison"] > 9 and lived_in["student_hall"] > 9


def test_a_pitch_is_the_home_of_one_family_on_a_site_without_a_number(council):
    pitches = [row for row in truth(council, "dwelling") if row["kind"] == "traveller_pitch"]
    assert len({row["street"] for row in pitches}) == 1 < len(pitches)
    assert not any(row["house"] for row in pitches)
    sent = [row for row in table(council, "llpg", "property") if row["class_code"] == "RD01"]
    assert sent and all(row["parent_uprn"] and "PITCH" in row["address_line"] for row in sent)


def test_who_was_invented_later_leaves_everybody_else_as_they_were(monkeypatch):
    with_all, held_with, _ = make_ward(1, 0, SIZES["S"], AS_OF, 1)
    monkeypatch.setattr(institutions, "LATER", {})
    without, held_without, _ = make_ward(1, 0, SIZES["S"], AS_OF, 1)
    assert len(with_all.people) > len(without.people)
    for feed, holding in held_without.items():
        for name, rows in holding.tables.items():
            before = [row.values for row in rows if not row.is_spared]
            after = [row.values for row in held_with[feed].tables[name] if not row.is_spared]
            assert after[: len(before)] == before, name


def test_an_adopted_child_is_two_people_who_share_a_birth_date_and_no_number(council):
    people = {row["person_id"]: row for row in truth(council, "person")}
    parents = {
        (tie["related_person_id"], tie["person_id"])
        for tie in truth(council, "family_tie")
        if tie["kind"] in ("mother", "father")
    }
    for row in truth(council, "hard_case"):
        if row["kind"] == "adopted":
            before, after = row["person_ids"].split()
            assert people[before]["born"] == people[after]["born"]
            assert people[before]["nhs_number"] != people[after]["nhs_number"]
            mine = {elder for child, elder in parents if child == after}
            assert mine and not mine & {elder for child, elder in parents if child == before}


def test_an_extended_family_is_twenty_three_people_and_one_of_them_lives_elsewhere(council):
    here = {row["dwelling_id"]: row["is_in_area"] for row in truth(council, "dwelling")}
    home = {row["person_id"]: row for row in truth(council, "stay") if not row["until"]}
    born = {row["person_id"]: row["born"] for row in truth(council, "person")}
    for row in truth(council, "hard_case"):
        if row["kind"] == "extended_family":
            child, *others = row["person_ids"].split()
            assert "2013" < born[child] < "2020-02" and len({child, *others}) == 23
            homes = [home[person]["dwelling_id"] for person in (child, *others)]
            assert [here[dwelling] for dwelling in homes].count("No") == 1
            assert len(set(homes)) == 8


def test_twins_are_two_people_of_one_birth_with_two_names(council):
    people = {row["person_id"]: row for row in truth(council, "person")}
    for row in truth(council, "hard_case"):
        if row["kind"] in ("twins", "near_identical_twins"):
            one, other = (people[number] for number in row["person_ids"].split())
            assert one["born"] == other["born"]
            assert one["given_name"] != other["given_name"]
            assert one["nhs_number"] != other["nhs_number"]


def test_family_ties_join_people_who_exist_and_parents_are_older(council):
    born = {row["person_id"]: date.fromisoformat(row["born"]) for row in truth(council, "person")}
    for tie in truth(council, "family_tie"):
        one, other = born[tie["person_id"]], born[tie["related_person_id"]]
        assert tie["person_id"] != tie["related_person_id"]
        if tie["kind"] in ("mother", "father"):
            assert (other - one).days > 13 * 365


def test_births_on_new_years_day_are_too_common(council):
    births = [row["born"] for row in truth(council, "person")]
    share = sum(day.endswith("-01-01") for day in births) / len(births)
    assert 2 / 365 < share < 0.05


def test_names_are_skewed_and_follow_fashion(council):
    people = truth(council, "person")
    commonest = Counter(row["family_name"] for row in people).most_common()
    assert commonest[0][1] > 8 * commonest[len(commonest) // 2][1]
    old = {row["given_name"] for row in people if row["born"] < "1945"}
    young = {row["given_name"] for row in people if row["born"] > "2012"}
    assert len(old & young) < 0.5 * min(len(old), len(young))


def test_every_naming_tradition_has_names_for_every_cohort():
    for tradition in names.TRADITIONS:
        for year in (1925, 1950, 1975, 1990, 2004, 2020):
            for sex in "FM":
                assert names.given(tradition, sex, year, Random(1))
    assert names.as_borne("Kowalski", "polish", "F") == "Kowalska"


# The scripted family


def test_the_scripted_child_and_her_family_are_the_same_in_every_council(council, tmp_path):
    generate(tmp_path / "landing", "S", 99, AS_OF)
    assert SCRIPTED_CHILD == ("childrens_social_care", "9000001")
    for feed, spec, rows in all_tables(council):
        theirs = [row for row in rows if is_scripted(row)]
        again = [row for row in table(tmp_path, feed, spec.name) if is_scripted(row)]
        assert theirs == again, (feed, spec.name)
        # none of them lives beyond the boundary
        is_optional = spec.name in ("linked_identifiers", "person_address")
        assert theirs or is_optional or feed == "neighbouring_council", (feed, spec.name)


def is_scripted(row: dict) -> bool:
    return any(
        re.fullmatch(r"[A-Z]?90000\d\d\d?\d?|[ST]9000?\d|O900000001|9999990000\d\d", value)
        for value in row.values()
    )


def test_the_scripted_child_is_nine_and_known_to_her_services(council):
    feed, number = SCRIPTED_CHILD
    (child,) = (r for r in table(council, feed, "person") if r["pers_person_id"] == number)
    born = datetime.fromisoformat(child["pers_dob"]).date()
    assert 9 * 365 < (AS_OF - born).days < 10 * 365
    episodes = [r for r in table(council, feed, "cin_episodes") if r["cine_person_id"] == number]
    assert [r["cine_close_date"] for r in episodes] == [""]
    assert any(r["given_name"] == "Ruby" for r in table(council, "school", "enrolment"))


def test_the_scripted_father_is_the_same_man_everywhere(council):
    seen = {
        (row["given_name"], row["family_name"], row["uprn"], row["postcode"])
        for feed, name, number in (
            ("childrens_social_care", "related_person", "9000012"),
            ("police", "person_occurrence", "N9000001"),
            ("anti_social_behaviour", "asb_person", "B9000001"),
        )
        for row in table(council, feed, name)
        if row["source_person_id"] == number
    }
    assert len(seen) == 1


def test_the_scripted_story_has_a_father_apart_a_new_partner_and_a_grandparent_who_cares(council):
    homes = {
        name: {row["uprn"] for row in table(council, feed, sheet) if row[column] == number}
        for name, feed, sheet, column, number in (
            ("father", "childrens_social_care", "related_person", "source_person_id", "9000012"),
            (
                "grandmother",
                "childrens_social_care",
                "related_person",
                "source_person_id",
                "9000013",
            ),
            ("mother", "childrens_social_care", "related_person", "source_person_id", "9000011"),
            ("tyler", "school", "enrolment", "source_pupil_id", "P9000002"),
            ("ruby", "school", "enrolment", "source_pupil_id", "P9000001"),
        )
    }
    assert homes["ruby"] == homes["mother"]
    assert homes["tyler"] == homes["grandmother"]
    assert len({frozenset(home) for home in homes.values()}) == 3  # the father is elsewhere
    members = [r for r in table(council, "housing", "member") if r["tenancy_ref"] == "T9000001"]
    assert {r["given_name"]: r["relationship_to_lead"] for r in members}["Adam"] == "P"
    carers = {
        (row["person_id"], row["related_person_id"])
        for row in table(council, "childrens_social_care", "relationship")
        if row["is_carer"] == "Y" and is_scripted(row)
    }
    assert carers == {
        ("9000001", "9000011"),
        ("9000001", "9000013"),
        ("9000002", "9000013"),
        ("9000003", "9000011"),
    }


def test_couples_are_told_of_and_some_have_parted(flawless):
    told = [
        row
        for row in table(flawless, "childrens_social_care", "relationship")
        if row["relationship_code"] in ("SPS", "DOMPART", "FMRSPS")
    ]
    pairs = {(row["person_id"], row["related_person_id"]) for row in told}
    assert pairs == {(other, one) for one, other in pairs}
    assert any(row["end_date"] for row in told)
    assert any(row["relationship_code"] == "FMRSPS" for row in told)


def test_no_defect_and_no_night_touches_the_scripted_family(council, flawless, next_night):
    for feed, spec, rows in all_tables(council):
        theirs = [row for row in rows if is_scripted(row)]
        assert theirs == [row for row in table(flawless, feed, spec.name) if is_scripted(row)]
        if feed != "police":
            assert theirs == [row for row in table(next_night, feed, spec.name) if is_scripted(row)]


# The next night


def test_a_night_changes_about_one_row_in_a_hundred(council, next_night):
    changed = total = 0
    for feed, spec, rows in all_tables(council):
        if feed == "police":
            continue
        before = Counter(tuple(row.values()) for row in rows)
        after = Counter(tuple(row.values()) for row in table(next_night, feed, spec.name))
        changed += sum((after - before).values())
        total += sum(after.values())
    assert 0.006 <= changed / total <= 0.016


def test_the_next_night_is_extracted_later_on_the_same_day():
    for feed in FEEDS:
        assert writer.extract_time(feed, AS_OF, 2) > writer.extract_time(feed, AS_OF, 1)


def test_the_police_sheet_comes_once(next_night):
    assert not (next_night / "landing" / "police").exists()


def test_a_later_night_remembers_when_the_council_began(council, tmp_path):
    folder = tmp_path / "landing"
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "council.json").write_text(
        (council / "truth" / "council.json").read_text()
    )
    generate(folder, "S", 7, date(2026, 2, 9), night=2)
    rows = table(tmp_path, "housing", "tenancy")
    kept = Counter(map(str, rows)) & Counter(map(str, table(council, "housing", "tenancy")))
    assert sum(kept.values()) > 0.95 * len(rows)


def test_no_row_is_dated_after_the_council_began(next_night):
    for feed, spec, rows in all_tables_but_police(next_night):
        for column in spec.columns:
            if (
                column.type == "date"
                and "expected" not in column.name
                and column.name != "pers_dob"
            ):
                latest = max(
                    (as_date(row[column.name]) for row in rows if row[column.name]), default=AS_OF
                )
                assert latest <= AS_OF, (feed, spec.name, column.name)


def all_tables_but_police(folder):
    for feed in FEEDS:
        for spec in contract.load(feed).tables if feed != "police" else ():
            yield feed, spec, table(folder, feed, spec.name)


def as_date(text: str) -> date:
    if "/" in text:
        return datetime.strptime(text, "%d/%m/%Y").date()
    return date.fromisoformat(text[:10])


def test_the_command_explains_itself(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["seeds.synthetic", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert "--night" in capsys.readouterr().out
