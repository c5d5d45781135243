"""How well the current database knows who is who, against the truth of a synthetic council:

    python -m tests.benchmarks.resolution <truth folder>

Reads the record-to-person map that dbt built (intermediate) and the truth that the generator wrote
beside the deliveries. Prints counts and shares; shows nobody.
"""

import sys
from pathlib import Path

import psycopg

from orchestration import database

# who must never be one person, and is told on a line of their own
APART = "twins near_identical_twins father_and_son namesake same_initial"
TRUTH = {
    "person": "person_id given_name family_name former_family_name sex born died nhs_number marks"
    " is_scripted",
    "source_record": "feed source_person_id person_id",
    "school_contact": "source_pupil_id contact_order person_id",
    "family_tie": "person_id kind related_person_id since until",
    "hard_case": "kind person_ids",
}
# a contact has no number of its own: it is found by its pupil and its place among their contacts
JUDGED = """
create temp table judged as
with contact as (

    select
        contact.record_id,
        min(school_contact.person_id) as true_person_id
    from truth_school_contact as school_contact
    inner join staging.stg_school__contact as contact
        on
            encode(
                sha256(
                    convert_to('school' || chr(31) || school_contact.source_pupil_id, 'UTF8')
                ),
                'hex'
            ) = contact.pupil_record_id
            and school_contact.contact_order::integer = contact.contact_order
    group by contact.record_id

),

matched as (

    select
        record.record_id,
        source_record.person_id as true_person_id
    from intermediate.int_person__unioned as record
    inner join truth_source_record as source_record
        on
            record.feed = source_record.feed
            and record.source_person_id = source_record.source_person_id
    union all
    select * from contact

)

select
    matched.record_id,
    matched.true_person_id,
    identified.person_id,
    identified.match_rule,
    record.feed,
    record.date_of_birth is not null as has_birth_date
from matched
inner join intermediate.int_person__identified as identified
    on matched.record_id = identified.record_id
inner join intermediate.int_person__standardised as record
    on matched.record_id = record.record_id
"""
QUALITY = """
with pairs as (

    select
        (
            select sum(size * (size - 1) / 2)
            from (select count(*) as size from chosen group by true_person_id) as each
        ) as true_pairs,
        (
            select sum(size * (size - 1) / 2)
            from (select count(*) as size from chosen group by person_id) as each
        ) as claimed,
        (
            select sum(size * (size - 1) / 2)
            from (
                select count(*) as size from chosen group by person_id, true_person_id
            ) as each
        ) as correct

)

select
    true_pairs,
    claimed,
    correct,
    correct / nullif(claimed, 0),
    correct / nullif(true_pairs, 0),
    2 * correct / nullif(claimed + true_pairs, 0)
from pairs
"""
MIXED = """
create temp table mixed as
with held as (

    select person_id, true_person_id from judged group by person_id, true_person_id

)

select
    held.person_id,
    held.true_person_id as one,
    other.true_person_id as another
from held
inner join held as other
    on held.person_id = other.person_id and held.true_person_id < other.true_person_id
"""
BY_RELATION = """
with relation as (

    select person_id as one, related_person_id as another, kind from truth_family_tie
    union
    select related_person_id, person_id, kind from truth_family_tie
    union
    select one.id, another.id, hard_case.kind
    from truth_hard_case as hard_case
    cross join unnest(string_to_array(hard_case.person_ids, ' ')) as one (id)
    cross join unnest(string_to_array(hard_case.person_ids, ' ')) as another (id)
    where one.id <> another.id and hard_case.kind in ('father_and_son', 'namesake')

)

select coalesce(relation.kinds, 'none'), count(*)
from mixed
left join lateral (
    select string_agg(distinct kind, ' + ' order by kind) as kinds
    from relation
    where relation.one = mixed.one and relation.another = mixed.another
) as relation on true
group by 1
order by 2 desc, 1
"""
HARD_CASES = """
with pair as (

    select
        hard_case.kind,
        one.id as one,
        another.id as another
    from truth_hard_case as hard_case
    cross join unnest(string_to_array(hard_case.person_ids, ' ')) as one (id)
    cross join unnest(string_to_array(hard_case.person_ids, ' ')) as another (id)
    where one.id < another.id and hard_case.kind = any(string_to_array(%s, ' '))

)

select pair.kind, count(*), count(mixed.person_id)
from pair
left join mixed on pair.one = mixed.one and pair.another = mixed.another
group by pair.kind
order by pair.kind
"""


def main(truth):
    """Print the figures of the current database."""
    database.ensure_running()
    with psycopg.connect("") as connection:
        load(connection, Path(truth))
        connection.execute("create index on judged (person_id)")
        connection.execute(MIXED)
        judged, people = one(
            connection, "select count(*), count(distinct true_person_id) from judged"
        )
        print(f"{judged:,} records of {people:,} people")
        print(f"{'':34}{'true':>10}{'claimed':>10}{'correct':>10}  precision  recall      F1")
        quality(connection, "all records", "select * from judged")
        quality(
            connection,
            "records of services",
            "select * from judged where feed in"
            " (select feed from reference.feed where kind = 'service')",
        )
        quality(
            connection,
            "records with a birth date",
            "select * from judged where has_birth_date",
        )
        for feeds in connection.execute(PAIRS_OF_FEEDS).fetchall():
            quality(
                connection,
                " – ".join(feed[:15] for feed in feeds),
                "select * from judged where has_birth_date and feed in (%s, %s)",
                feeds,
            )
        clusters, holding = one(connection, "select count(distinct person_id), count(*) from mixed")
        print(
            f"{clusters:,} clusters hold more than one person ({holding:,} wrong pairs of people)"
        )
        for kinds, count in connection.execute(BY_RELATION):
            print(f"    {kinds:30}{count:>10,}")
        print("hard cases: pairs of people, of them in one cluster")
        for kind, pairs, merged in connection.execute(HARD_CASES, [APART]):
            print(f"    {kind:30}{pairs:>10,}{merged:>10,}")
        print("how records joined")
        for rule, count in connection.execute(
            "select match_rule, count(*) from judged group by 1 order by 2 desc"
        ):
            print(f"    {rule:30}{count:>10,}")
        print("pairs compared, by decision and reason")
        for decision, reason, count in connection.execute(
            "select decision, reason, count(*) from intermediate.int_person__linked"
            " group by 1, 2 order by 1, 3 desc"
        ):
            print(f"    {decision:12}{reason:44}{count:>10,}")


PAIRS_OF_FEEDS = """
with feed as (select distinct feed from judged)

select feed.feed, other.feed from feed inner join feed as other on feed.feed < other.feed
"""


def load(connection, folder):
    """The truth in temporary tables, each record beside the person it was given to."""
    copy(connection, folder, TRUTH)
    connection.execute(JUDGED)


def copy(connection, folder, tables):
    """Tables of the truth as temporary tables of text."""
    for table, columns in tables.items():
        names = columns.split()
        connection.execute(
            f"create temp table truth_{table} ({', '.join(f'{name} text' for name in names)})"
        )
        copying = f"copy truth_{table} from stdin (format csv, header true)"
        with (folder / f"{table}.csv").open("rb") as file, connection.cursor().copy(copying) as to:
            while block := file.read(1 << 20):
                to.write(block)


def quality(connection, what, query, values=()):
    """One line of pairwise precision, recall and F1 of the records that the query yields."""
    connection.execute("drop table if exists chosen")
    connection.execute(f"create temp table chosen as {query}", values)
    found = one(connection, QUALITY)
    counts = "".join(f"{count or 0:>10,}" for count in found[:3])
    shares = "".join(
        f"{share:>10.4f}" if share is not None else f"{'-':>10}" for share in found[3:]
    )
    print(f"{what:34}{counts}{shares}")


def one(connection, query):
    """The one row of a query."""
    return connection.execute(query).fetchone()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
