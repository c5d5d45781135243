"""Who is who: the clusters are those that a slow and obvious program finds."""

import csv
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEEDS = Path(__file__).parents[1] / "seeds"
CLUSTER = (
    "select * from resolution.cluster("
    "%s::bigint[], %s::bigint[], %s::integer[], %s::bigint[], %s::bigint[])"
)
RECORDS = range(12)
PAIR = st.sampled_from(list(itertools.combinations(RECORDS, 2)))


def greedy(links, vetoes):
    """The ten lines that say what safe clustering is: one link at a time, the strongest first."""
    cluster = {record: {record} for link in links for record in link[:2]}
    for left, right, _ in sorted(links, key=lambda link: (-link[2], link[0], link[1])):
        one, other = cluster[left], cluster[right]
        if one is other or any((a, b) in vetoes or (b, a) in vetoes for a in one for b in other):
            continue
        for record in other:
            cluster[record] = one
        one |= other
    return {record: min(members) for record, members in cluster.items()}


def clustered(database, links, vetoes):
    columns = [list(column) for column in zip(*links, strict=True)] or [[], [], []]
    ends = [list(column) for column in zip(*vetoes, strict=True)] or [[], []]
    return dict(database.execute(CLUSTER, [*columns, *ends]).fetchall())


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    links=st.lists(st.tuples(PAIR, st.integers(1, 4)), max_size=30, unique_by=lambda link: link[0]),
    vetoes=st.sets(PAIR, max_size=12),
)
def test_clusters_are_those_of_one_link_at_a_time(database, links, vetoes):
    links = [(*pair, strength) for pair, strength in links]
    assert clustered(database, links, vetoes) == greedy(links, vetoes)


def test_a_veto_keeps_a_chain_of_equal_links_apart(database):
    links = [(1, 2, 1), (2, 3, 1), (3, 4, 1)]
    assert clustered(database, links, {(1, 4)}) == {1: 1, 2: 1, 3: 1, 4: 4}


def test_a_chain_is_joined_whatever_the_order_of_strength(database):
    links = [(*pair, strength) for strength, pair in enumerate(itertools.pairwise(range(300)))]
    assert set(clustered(database, links, set()).values()) == {0}
    # each pair of neighbours may be joined, but not the two ends
    ends = {(0, 299)}
    assert clustered(database, links, ends) == greedy(links, ends)


@pytest.mark.parametrize("role", ["builder"])
def test_whoever_builds_may_use_what_resolution_needs(database, role):
    with database.transaction(force_rollback=True):
        database.execute(f"set role {role}")
        assert clustered(database, [(1, 2, 1)], set()) == {1: 1, 2: 1}
        spelt = database.execute("select resolution.spelling(' Zoë  O''Neill-Ng ')").fetchone()
    assert spelt == ("ZOE ONEILL NG",)


@pytest.mark.parametrize("seed", ["identifier_use", "matching_parameter"])
def test_no_two_rows_of_one_rule_are_in_force_on_one_day(seed):
    with (SEEDS / "councils" / "demo" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    subject = next(iter(rows[0]))
    for one, other in itertools.combinations(rows, 2):
        if one[subject] == other[subject]:
            until = min(one["valid_to"] or "9999", other["valid_to"] or "9999")
            assert max(one["valid_from"], other["valid_from"]) > until, one[subject]


def test_words_in_the_place_of_names_are_spelt_as_names_are_compared(database):
    with (SEEDS / "reference" / "name_word.csv").open(encoding="utf-8", newline="") as file:
        # what stands between two people's names is looked for in what was sent
        words = [row["word"] for row in csv.DictReader(file) if row["kind"] != "several"]
    spelt = database.execute(
        "select resolution.spelling(word) from unnest(%s::text[]) with ordinality as each (word, n)"
        " order by n", [words],
    ).fetchall()  # fmt: skip
    assert [word for (word,) in spelt] == words
