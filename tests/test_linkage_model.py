"""The model that weighs links: its seeds, the SQL written from them, and its training."""

from math import log2
from random import Random

import pytest

from orchestration.linkage import definition, sql, training


@pytest.fixture(scope="module")
def model():
    return definition.load()


def test_the_models_are_as_the_seeds_say(model):
    """After a change of the seeds: ./run linkage sql."""
    for name, text in sql.models(model).items():
        assert (sql.FOLDER / f"{name}.sql").read_text(encoding="utf-8") == text, name


def test_saving_changes_nothing_that_was_not_trained(model, tmp_path):
    for name in ("match_model", "match_level", "veto"):
        text = (definition.SEEDS / f"{name}.csv").read_text(encoding="utf-8")
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    definition.save(model, tmp_path)
    for name in ("match_model", "match_level"):
        assert (tmp_path / f"{name}.csv").read_text(encoding="utf-8") == (
            definition.SEEDS / f"{name}.csv"
        ).read_text(encoding="utf-8")


def test_every_comparison_opens_with_what_is_missing_and_ends_with_the_rest(model):
    for levels in model.comparisons.values():
        assert (levels[0].level, levels[-1].condition) == ("missing", "else")
        assert levels[0].m is None
        assert all(level.m and level.u for level in levels[1:])


def test_what_agrees_weighs_for_one_person_and_what_differs_against(model):
    for levels in model.comparisons.values():
        agreeing = next(level for level in levels if level.level == "same")
        # half the people may live in one town
        least = 1 if agreeing.tf_column == "tf_locality" else 3
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
