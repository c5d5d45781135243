"""How well records are linked, beyond what tests.benchmarks.resolution tells:

    python -m tests.benchmarks.linkage truth <truth folder>   both tiers, by origin of names
    python -m tests.benchmarks.linkage absence <truth folder> nothing found, though somebody is held
    python -m tests.benchmarks.linkage skipped                what too many records share
    python -m tests.benchmarks.linkage febrl                  the FEBRL files 1 to 4 (febrl 4: one)
    python -m tests.benchmarks.linkage parity                 the same pairs weighed by Splink
    python -m tests.benchmarks.linkage pace                   how long Splink takes for all of it

truth, absence, skipped, parity and pace read the current database; febrl makes one of its own. The
last three need requirements-linkage.lock. Prints counts and shares; shows nobody.
"""

import argparse
import contextlib
import logging
import tempfile
import time
from pathlib import Path

import psycopg

from orchestration import database, ledger
from orchestration.linkage import definition, sql, training
from tests.benchmarks import febrl, resolution

TIERS = """
create temp table tier as
select
    judged.record_id,
    judged.feed,
    judged.true_person_id,
    clustered.cluster_number as person_id,
    clustered.probable_cluster_number as probable_person_id,
    naming.tradition
from judged
inner join intermediate.int_person__clustered as clustered
    on resolution.record_number(judged.record_id) = clustered.record_number
inner join truth_naming as naming on judged.true_person_id = naming.person_id
"""
# council tax knows a name and a home: one who has moved is there twice, and nothing joins the two
POPULATIONS = {
    "all records": "true",
    "without closed accounts": "record_id not in (select record_id"
    " from staging.stg_council_tax_liability__liability"
    " group by record_id having bool_and(ended_on is not null))",
    "without council tax": "feed <> 'council_tax_liability'",
}
# of each person and feed without a record of theirs: does the feed hold who they truly are?
ABSENCE = """
with person as (

    select
        person_id,
        mode() within group (order by true_person_id) as true_person_id
    from judged
    group by person_id

),

-- of council tax and of the address register nobody is told that nothing was found
feed as (select feed from reference.feed where kind = 'service'),

-- a pupil's contact is in the feed of the school, and nobody whom the school knows as a service
held as (

    select distinct
        true_person_id,
        feed
    from judged
    where record_id in (select record_id from intermediate.int_service_involvement__unioned)

),

absent as (

    select
        person.person_id,
        described.date_of_birth is not null as is_dated,
        case when described.is_matchable then 'none found' else described.not_matchable_reason end
            as said,
        held.feed is not null as is_held
    from person
    cross join feed
    inner join intermediate.int_person__described as described
        on person.person_id = described.person_id
    left join held on person.true_person_id = held.true_person_id and feed.feed = held.feed
    where not exists (
        select from judged
        where judged.person_id = person.person_id and judged.feed = feed.feed
    )

)

select
    said,
    case when is_dated then 'birth date' else 'none' end,
    count(distinct person_id),
    count(*),
    count(*) filter (where is_held),
    10000.0 * count(*) filter (where is_held) / count(*)
from absent
group by 1, 2
order by 1, 2
"""
# the pairs of one person are found or lost together: by chance, recall moves by so much
LIKELY_ERROR = """
with held as (

    select
        true_person_id,
        count(*) as n
    from tier
    where tradition = %s
    group by true_person_id, person_id

),

person as (

    select
        sum(n) * (sum(n) - 1) / 2 as pairs,
        sum(n * (n - 1) / 2) as correct
    from held
    group by true_person_id

),

total as (select sum(correct) / nullif(sum(pairs), 0) as recall, sum(pairs) as pairs from person)

select
    1.96 * sqrt(sum((person.correct - total.recall * person.pairs) ^ 2)) / max(total.pairs)
from person
cross join total
"""
MIXED_PEOPLE = """
select
    count(distinct true_person_id) filter (where people > 1) * 10000.0
    / count(distinct true_person_id)
from (
    select
        true_person_id,
        tradition,
        max(rank) over (partition by person_id) as people
    from (
        select
            *,
            dense_rank() over (partition by person_id order by true_person_id) as rank
        from tier
    ) as ranked
) as held
where tradition = any(%s)
"""


def truth(folder: str) -> None:
    """Both tiers against the truth, of all records and of fewer; the confirmed one by origin."""
    database.ensure_running()
    with psycopg.connect("") as connection:
        resolution.load(connection, Path(folder))
        resolution.copy(connection, Path(folder), {"naming": "person_id tradition"})
        connection.execute(TIERS)
        print(f"{'':34}{'true':>10}{'claimed':>10}{'correct':>10}  precision  recall      F1")
        for population, condition in POPULATIONS.items():
            print(population)
            for what, cluster in (
                ("confirmed", "person_id"),
                ("with probable", "probable_person_id as person_id"),
            ):
                resolution.quality(
                    connection, f"    {what}",
                    f"select true_person_id, {cluster} from tier where {condition}",
                )  # fmt: skip
        print(
            "confirmed, by origin of names; then how far chance moves the recall (95 in 100), and"
        )
        print("people in mixed clusters per 10,000")
        traditions = [row[0] for row in connection.execute(
            "select tradition from tier group by 1 order by count(*) desc")]  # fmt: skip
        for tradition in traditions:
            resolution.quality(
                connection, f"    {tradition}",
                "select * from tier where tradition = %s", [tradition],
            )  # fmt: skip
            (mixed,) = connection.execute(MIXED_PEOPLE, [[tradition]]).fetchone()
            (error,) = connection.execute(LIKELY_ERROR, [tradition]).fetchone()
            print(f"{'':80}{f'± {error or 0:.3f}':>10}{mixed:>8.1f}")


def absence(folder: str) -> None:
    """What is said where a feed holds no record of a person, and how often it holds them."""
    database.ensure_running()
    with psycopg.connect("") as connection:
        resolution.load(connection, Path(folder))
        print(f"{'':38}{'people':>10}{'asked':>10}{'held':>10}  per 10,000")
        for said, dated, *counts, share in connection.execute(ABSENCE):
            figures = "".join(f"{count:>10,}" for count in counts)
            print(f"{said:26}{dated:12}{figures}{share:>12.0f}")


def skipped() -> None:
    """Blocks that are too large to be compared, as published, by what their records share."""
    database.ensure_running()
    print(f"{'':60}{'blocks':>8}{'largest':>9}{'records':>9}{'nothing else':>14}")
    for label, blocks, largest, records, unsearched in ledger.skipped():
        print(f"{label:60}{blocks:>8,}{largest:>9,}{records:>9,}{unsearched:>14,}")


def parity() -> None:
    """Splink weighs the pairs of the current database by the same model; how far is it from us.

    Each pair is a block of its own, so that Splink weighs the pairs we compare and no other.
    """
    model = definition.load()
    database.ensure_running()
    with psycopg.connect("") as connection, _duckdb(connection, model) as db:
        _copy(connection, db, "pair", sql.compared_pairs())
        ours = "select record_number, other_record_number, match_weight::text"
        _copy(connection, db, "ours", f"{ours} from intermediate.int_person__scored")
        db.execute(
            "create table blocked as select record.*, list(pair_number) as pair_numbers from record"
            " inner join (select record_number as n, row_number() over () as pair_number from pair"
            " union all select other_record_number, row_number() over () from pair) as end_"
            " on record.record_number = cast(end_.n as bigint) group by all"
        )
        linker = _linker(db, "blocked", model, "pair_numbers")
        predicted = linker.inference.predict(threshold_match_weight=-1000)
        pairs, both, near, worst, only_ours, only_theirs = db.execute(
            "select (select count(*) from pair), count(*) filter (where ours is not null"
            " and theirs is not null), avg((abs(ours - theirs) < 1e-4)::integer),"
            " max(abs(ours - theirs)), count(*) filter (where theirs is null),"
            f" count(*) filter (where ours is null and theirs > {model.kept_weight} + 1e-4)"
            " from (select cast(ours.match_weight as double) as ours, theirs.match_weight as theirs"
            f" from ours full join {predicted.physical_name} as theirs"
            " on least(theirs.record_number_l, theirs.record_number_r)"
            " = cast(ours.record_number as bigint)"
            " and greatest(theirs.record_number_l, theirs.record_number_r)"
            " = cast(ours.other_record_number as bigint)) as kept"
        ).fetchone()
        print(f"{pairs:,} pairs compared, {both:,} of them kept by both;"
              f" {only_ours:,} only by us, {only_theirs:,} only by Splink")  # fmt: skip
        print(f"weights within 0.0001 bits: {near:.5f}; largest difference {worst:.6f}")


def pace() -> dict[str, float]:
    """Seconds that Splink takes from the records of the current database to clusters, step by step.

    Its blocks are our blocking keys, those skipped left out; it trains as its makers advise: u by
    random pairs, m by one session for birth dates and one for names.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    model = definition.load()
    database.ensure_running()
    seconds, began = {}, time.monotonic()

    def passed(step: str) -> None:
        nonlocal began
        seconds[step], began = time.monotonic() - began, time.monotonic()
        print(f"{step:8}{seconds[step]:>10.1f} s", flush=True)

    with psycopg.connect("") as connection, _duckdb(connection, model) as db:
        _copy(
            connection, db, "keys", "select record_number, array_to_string(array(select key from"
            " unnest(blocking_keys) as key where key <> all(skipped_keys)), '|') as keys"
            " from resolution.compared_record",
        )  # fmt: skip
        db.execute(
            "create table keyed as select record.*, string_split(keys.keys, '|') as blocking_keys"
            " from record inner join keys"
            " on record.record_number = cast(keys.record_number as bigint)"
        )
        passed("load")
        linker = _linker(db, "keyed", model, "blocking_keys", is_fixed=False)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
        for rule in (
            "l.date_of_birth = r.date_of_birth",
            "l.given_name = r.given_name and l.family_name = r.family_name",
        ):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        passed("train")
        predicted = linker.inference.predict(threshold_match_weight=model.kept_weight)
        passed("score")
        linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_weight=model.confirmed_weight
        )
        passed("cluster")
    print(f"{'in all':8}{sum(seconds.values()):>10.1f} s")
    return seconds


@contextlib.contextmanager
def _duckdb(connection, model):
    """A DuckDB with the records as they are compared, in the table record."""
    import duckdb

    db = duckdb.connect()
    db.execute("create schema extensions")
    db.execute("create macro extensions.levenshtein(a, b) as levenshtein(a, b)")
    columns = ["record_id", "record_number", *sql.record_columns(model)]
    _copy(connection, db, "text", f"select {', '.join(columns)} from {training.RECORD}")
    arrays = sql.several_columns(model)
    types = {"record_id": "varchar", "record_number": "bigint"}
    typed = ", ".join(
        f"string_split({name}, '|') as {name}" if name in arrays
        else f"cast({name} as {types.get(name, _duckdb_type(name))}) as {name}"
        for name in columns
    )  # fmt: skip
    db.execute(f"create table record as select {typed} from text")
    yield db


def _copy(connection, db, table: str, query: str) -> None:
    """A query of PostgreSQL as a table of DuckDB, all its columns text."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        copying = f"copy ({query}) to stdout (format csv, header)"
        with connection.cursor().copy(copying) as blocks:
            file.writelines(blocks)
        file.flush()
        db.execute(
            f"create table {table} as select * from"
            f" read_csv('{file.name}', header = true, all_varchar = true, nullstr = '')"
        )


def _linker(db, table: str, model, blocks: str, is_fixed: bool = True):
    """Splink with our comparisons, its blocks the values of the array `blocks`."""
    from splink import DuckDBAPI, Linker, SettingsCreator
    from splink.comparison_library import CustomComparison

    comparisons = [
        CustomComparison(
            output_column_name=name,
            comparison_levels=[_splink_level(level, model, is_fixed) for level in levels],
        )
        for name, levels in model.comparisons.items()
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_number",
        probability_two_random_records_match=model.prior,
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[
            {"blocking_rule": f"l.{blocks} = r.{blocks}", "arrays_to_explode": [blocks]}
        ],
    )
    return Linker(DuckDBAPI(connection=db).register(table), settings, log_level=None)


def _splink_level(level, model, is_fixed: bool) -> dict:
    made = {"sql_condition": level.condition if level.condition != "else" else "ELSE",
            "label_for_charts": level.level_label}  # fmt: skip
    if level.level == "missing":
        return made | {"is_null_level": True}
    made |= {"m_probability": level.m, "u_probability": level.u,
             "fix_m_probability": is_fixed, "fix_u_probability": is_fixed}  # fmt: skip
    if level.tf_column:
        made |= {"tf_adjustment_column": level.tf_column.removeprefix("tf_"),
                 "tf_minimum_u_value": model.tf_minimum}  # fmt: skip
    return made


def _duckdb_type(name: str) -> str:
    if name.startswith("tf_"):
        return "double"
    if name.startswith(("is_", "has_")) or name == "child_born":
        return "boolean"
    return "date" if name.startswith("date_") else "varchar"


def main() -> None:
    """Read the command line."""
    against_truth = {"truth": truth, "absence": absence}
    alone = {"skipped": skipped, "parity": parity, "pace": pace}
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=[*against_truth, *alone, "febrl"])
    parser.add_argument(
        "of", nargs="?", help="the truth folder of the council, or the number of a FEBRL file"
    )
    asked = parser.parse_args()
    if asked.what in alone:
        alone[asked.what]()
    elif asked.what == "febrl":
        febrl.measure(asked.of)
    elif asked.of:
        against_truth[asked.what](asked.of)
    else:
        parser.error(f"{asked.what} needs the truth folder")


if __name__ == "__main__":
    main()
