"""The model that weighs links: its seeds, the SQL written from them, and its training."""

from math import log2
from random import Random

import pytest

from orchestration.linkage import definition, sql, training
from tests.benchmarks import febrl


@pytest.fixture(scope="module")
def model():
    return definition.load()


@pytest.fixture(scope="module", params=[definition.SEEDS, febrl.OWN], ids=["council", "febrl"])
def folder(request):
    return request.param


def test_the_models_are_as_the_seeds_say(model):
    """After a change of the seeds: ./run linkage sql."""
    for name, text in sql.models(model).items():
        assert (sql.FOLDER / f"{name}.sql").read_text(encoding="utf-8") == text, name


def test_saving_changes_nothing_that_was_not_trained(folder, tmp_path):
    for name in ("match_model", "match_level", "veto"):
        text = (folder / f"{name}.csv").read_text(encoding="utf-8")
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    definition.save(definition.load(folder), tmp_path)
    for name in ("match_model", "match_level"):
        assert (tmp_path / f"{name}.csv").read_text(encoding="utf-8") == (
            folder / f"{name}.csv"
        ).read_text(encoding="utf-8")


def test_every_comparison_opens_with_what_is_missing_and_ends_with_the_rest(folder):
    for levels in definition.load(folder).comparisons.values():
        assert (levels[0].level, levels[-1].condition) == ("missing", "else")
        assert levels[0].m is None
        assert all(level.m and level.u for level in levels[1:])


def test_what_agrees_weighs_for_one_person_and_what_differs_against(folder):
    for levels in definition.load(folder).comparisons.values():
        agreeing = next(level for level in levels if level.level == "same")
        # half the people may live in one town
        least = 1 if agreeing.tf_column in ("tf_locality", "tf_state") else 3
        assert agreeing.weight > least > 0 > levels[-1].weight


def test_sex_and_gender_separate_nobody(model):
    assert not {"sex", "gender", "sex_code", "gender_code"} & set(sql.record_columns(model))


def test_a_column_that_holds_several_values_is_split(model):
    assert sql.several_columns(model) == {
        "given_forms", "given_words", "family_words", "further_words", "home_keys",
        "dwelling_keys", "postcodes", "units", "child_keys", "list_keys",
    }  # fmt: skip


def test_training_finds_the_chances_that_patterns_were_drawn_with(model):
    random, counted = Random(1), {}
    m = {"nhs_number": 0.96, "upn": 0.9, "telephone": 0.8, "email": 0.7, "home": 0.85}
    u = 0.001
    for _ in range(40_000):
        is_one = random.random() < 0.3
        pattern = tuple(
            ("same" if random.random() < (m[name] if is_one else u) else "different")
            if name in m
            else "missing"
            for name in model.comparisons
        )
        counted[pattern] = counted.get(pattern, 0) + 1
    chances = {
        (level.comparison, level.level): u if level.level == "same" else 1 - u
        for level in model.levels
        if level.comparison in m
    } | {("home", "postcode"): u}
    known = set(model.comparisons) - set(m)
    found = training._expectation_maximisation(model, counted, chances, known)
    for name, chance in m.items():
        assert found[name, "same"] == pytest.approx(chance, abs=0.02)
    # nobody lived in one postcode alone
    assert ("home", "postcode") not in found


def test_what_too_few_pairs_show_keeps_its_weight(model):
    level = next(level for level in model.levels if level.level == "short_form")
    assert training._trained(level, [], 0.002).weight == pytest.approx(level.weight, abs=1e-4)
    assert training._trained(level, [0.1, 0.1], 0.002).m == pytest.approx(0.1)


def test_neighbours_are_told_from_one_person_by_all_else(model):
    """Of pairs that share a home, those whom names and dates call two are chance."""
    names = list(model.comparisons)
    one, two = (
        tuple({"home": "same", "given_name": level, "date_of_birth": level}.get(name, "missing")
              for name in names)
        for level in ("same", "different")
    )  # fmt: skip
    u = {(level.comparison, level.level): level.u for level in model.levels}
    found = training._shared_chances(model, {"home": ({one: 900, two: 100}, 1_000_000)}, u)
    assert found["home", "same"] == pytest.approx(1e-4, rel=0.05)


def test_a_weight_is_the_logarithm_of_m_over_u(model):
    level = next(level for level in model.levels if level.m)
    assert level.weight == round(log2(level.m / level.u), 6)


def test_what_random_pairs_of_one_person_share_is_not_chance():
    share, m, prior = 1e-4 * 0.8 + 5e-6, 0.8, 1e-4
    assert training._without_matches(share, m, prior) == pytest.approx(5e-6, rel=0.01)
    assert training._without_matches(0, m, prior) == 3 / training.RANDOM_PAIRS


def test_one_code_weighs_and_trains_whatever_records_a_model_is_made_for(database, monkeypatch):
    """The model of FEBRL, with invented records: all are found, and nobody else."""
    monkeypatch.setattr(training, "RANDOM_PAIRS", 100_000)
    rows = _invented_rows(Random(1))
    found = febrl.own(database, rows, with_number=False)
    true = febrl.true_pairs(rows)
    assert true == 250
    assert found["scores alone"] == found["clustered"] == (true, true)


def _invented_rows(random: Random) -> list[dict[str, str]]:
    """500 people, every second of them twice: one letter of the second name and line differs. In
    half of these names and lines have changed places, and only the postcode is there besides."""
    words = {
        name: ["".join(random.choices("abcdefghijklmnoprstuvw", k=8)) for _ in range(count)]
        for name, count in {
            "given_name": 60, "surname": 150, "address_1": 300, "address_2": 200, "suburb": 80,
        }.items()
    }  # fmt: skip
    rows = []
    for number in range(500):
        row = {name: random.choice(of) for name, of in words.items()}
        row |= {
            "rec_id": f"rec-{number}-org",
            "street_number": str(random.randint(1, 99)),
            "postcode": str(random.randint(2000, 2200)),
            "state": random.choice(["nsw", "vic", "qld"]),
            "date_of_birth": f"19{random.randint(10, 99)}{random.randint(1001, 1228)}",
            "soc_sec_id": "",
        }
        rows.append(row)
        if number % 2:
            again = row | {"rec_id": f"rec-{number}-dup-0"}
            for one, other in (("given_name", "surname"), ("address_1", "address_2")):
                again[other] = again[other][:-1] + "x"
                if number % 4 == 1:
                    again[one], again[other] = again[other], again[one]
                    again |= dict.fromkeys(
                        ("street_number", "suburb", "state", "date_of_birth"), ""
                    )
            rows.append(again)
    return rows
