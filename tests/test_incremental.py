"""What is kept from night to night is what would be made anew, and nobody is forgotten.

`python -m tests.benchmarks.nights` plays a month of it; here are a few nights.
"""

import pytest
from psycopg import sql

from orchestration import transform
from tests.benchmarks.nights import KEPT, LINKS, PERSONS, PROFILES, World


@pytest.fixture(scope="module")
def world(database):
    return World(database)


def count(world, table):
    return world.connection.execute(
        sql.SQL("select count(*) from {}").format(sql.Identifier("intermediate", table))
    ).fetchone()[0]


def test_nights_give_what_would_be_made_anew(world):
    kept, crossed = 0, 0
    while world.night < 3 or (not crossed and world.night < 9):
        world.turn()
        keyed, renewed = count(world, "int_person__keyed"), count(world, "int_person__renewed")
        kept += renewed < count(world, "int_person__profiled") / 4
        crossed += renewed > keyed
        assert world.anew() == dict.fromkeys(KEPT, 0)
        world.publish()
    # else these nights tried nothing: most records were kept, and blocks crossed the limit
    assert kept and crossed


@pytest.mark.parametrize("workers", [0, 4])
def test_however_many_work_at_once_the_result_is_the_same(world, workers):
    """Parallel plans add up and sort in another order; nothing may depend on it."""
    setting = sql.SQL("alter database {} set {} = {}")
    name = sql.Identifier(world.connection.info.dbname)
    settings = {
        "max_parallel_workers_per_gather": workers, "parallel_setup_cost": 0,
        "parallel_tuple_cost": 0, "min_parallel_table_scan_size": 0,
    }  # fmt: skip
    for key, value in settings.items():
        world.connection.execute(setting.format(name, sql.SQL(key), sql.Literal(value)))
    try:
        assert world.anew() == dict.fromkeys(KEPT, 0)
    finally:
        for key in settings:
            reset = sql.SQL("alter database {} reset {}").format(name, sql.SQL(key))
            world.connection.execute(reset)


def test_a_night_without_a_change_compares_nobody(world):
    before = world.persons()
    world.connection.execute("delete from resolution.change")
    world.build(*LINKS, *PERSONS)
    assert count(world, "int_person__renewed") == 0
    # but people's words are looked at every night, with those that they speak of
    assert 0 < count(world, "int_person__touched") < len(before) / 4
    # and written anew as they were, which is no news
    told = world.connection.execute(
        "select count(*) from resolution.change where model = 'int_person__identified'"
    )
    assert told.fetchone() == (0,)
    assert world.persons() == before


def test_a_run_that_failed_halfway_is_healed_by_the_next(world):
    world.turn()
    rename = (
        "update intermediate.int_person__unioned set family_name = %s"
        " where hashtext(record_id) %% 97 = %s"
    )
    # the run ends before the scores, and part of what was wrong is put right before the next
    world.connection.execute(rename, ["Ashmere", 1])
    world.connection.execute(rename, ["Ashmere", 2])
    world.build(*PROFILES, *LINKS[:-1])
    world.connection.execute(rename, ["Brookfield", 1])
    world.build(*PROFILES, *LINKS, *PERSONS)
    assert world.anew() == dict.fromkeys(KEPT, 0)


def test_a_run_that_ended_among_the_clusters_is_healed_by_the_next(world):
    rename = (
        "update intermediate.int_person__unioned set family_name = %s"
        " where hashtext(record_id) %% 97 = %s"
    )
    half = PERSONS[: PERSONS.index("int_person__clustered")]
    world.turn()
    for name, also in (("Ashmere", 3), ("Brookfield", 4)):
        world.connection.execute(rename, [name, 3])
        world.connection.execute(rename, [name, also])
        world.build(*PROFILES, *LINKS, *half)
    world.connection.execute(rename, ["Copley", 3])
    world.build(*PROFILES, *LINKS, *PERSONS)
    assert world.anew() == dict.fromkeys(KEPT, 0)


def test_rules_that_change_settle_everybody_anew(world):
    world.connection.execute("update reference.match_model set confirmed_weight = 11")
    world.build(*PERSONS)
    assert count(world, "int_person__connected") == len(world.persons())
    assert world.anew() == dict.fromkeys(KEPT, 0)
    world.connection.execute("update reference.match_model set confirmed_weight = 8")
    world.build(*PERSONS)


def test_who_drops_the_scores_has_all_made_anew(world):
    world.connection.execute("drop table intermediate.int_person__scored")
    world.build(*LINKS)
    assert count(world, "int_person__keyed") == count(world, "int_person__profiled")


def test_rules_that_change_weigh_everybody_anew(world, dbt, manifest):
    """All that decides about a pair is in the hash of each record: rules cannot mix."""
    hashes = "select match_hash from intermediate.int_person__profiled"
    before = set(world.connection.execute(hashes).fetchall())
    world.connection.execute(
        "update reference.matching_parameter set value = 9 where parameter = 'largest_block'"
    )
    world.build("int_person__profiled")
    assert before.isdisjoint(world.connection.execute(hashes).fetchall())
    assert dbt("compile", "--select", "int_person__profiled").success
    node = manifest["nodes"]["model.family_context.int_person__profiled"]
    compiled = transform.folder() / "target/compiled/family_context" / node["original_file_path"]
    for name in LINKS:
        written = manifest["nodes"][f"model.family_context.{name}"]["checksum"]["checksum"]
        assert written in compiled.read_text()
