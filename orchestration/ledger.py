"""What the ledger says of feeds, runs and generations: counts and dates, never a value."""

import csv

import psycopg
from psycopg.rows import namedtuple_row

from orchestration import settings

FEEDS = """
with newest as (
    select distinct on (feed) feed, delivery_id, status, refusal
    from ledger.delivery where status not in ('duplicate', 'landed')
    order by feed asc, delivery_id desc
)

select
    wanted.feed,
    in_force.decided_at at time zone 'Europe/London' as in_force_since,
    in_force.extracted_at at time zone 'Europe/London' as data_current_as_of,
    %(today)s::date - (in_force.extracted_at at time zone 'Europe/London')::date as age_in_days,
    case
        when in_force.delivery_id is null then 'never received'
        when newest.status = 'refused' then 'refused'
        when
            %(today)s::date - (in_force.extracted_at at time zone 'Europe/London')::date
            > wanted.error_age_days
            then 'out of date'
        when
            %(today)s::date - (in_force.extracted_at at time zone 'Europe/London')::date
            > wanted.warn_age_days
            then 'late'
        else 'fresh'
    end as state,
    case when newest.status = 'refused' then newest.delivery_id end as refused_delivery_id,
    newest.refusal,
    (
        select sum(quarantined_count)::bigint from ledger.delivery_table
        where delivery_table.delivery_id = in_force.delivery_id
    ) as set_aside_count
from unnest(%(feeds)s::text[], %(warn)s::integer[], %(error)s::integer[])
    as wanted (feed, warn_age_days, error_age_days)
left join newest on wanted.feed = newest.feed
left join ledger.delivery as in_force
    on wanted.feed = in_force.feed and in_force.status = 'in_force'
order by wanted.feed
"""

LAST_RUN = """
select
    run_id,
    started_at at time zone 'Europe/London' as started_at,
    ended_at - started_at as duration,
    as_of_date,
    case when status = 'running' and not %(is_running)s then 'killed' else status end as status
from ledger.run order by run_id desc limit 1
"""

SHOWN = """
select
    generation,
    as_of_date,
    published_at at time zone 'Europe/London' as published_at,
    generation = (select max(generation) from published.generation) as is_newest
from published.generation inner join published.pointer using (generation)
"""

SKIPPED = """
select
    skipped_block.key_kind_label,
    skipped_block.block_count,
    skipped_block.largest_block,
    skipped_block.record_count,
    skipped_block.unsearched_record_count
from published.skipped_block
inner join published.pointer
    on pointer.generation >= skipped_block.valid_from_generation
    and pointer.generation < skipped_block.valid_to_generation
order by skipped_block.record_count desc, skipped_block.key_kind
"""

RECEIVED = """
select
    delivery.feed,
    delivery.delivery_id,
    delivery.status,
    delivery.refusal,
    sum(delivery_table.row_count)::bigint as row_count,
    sum(delivery_table.added_count)::bigint as added_count,
    sum(delivery_table.left_count)::bigint as left_count,
    sum(delivery_table.quarantined_count)::bigint as quarantined_count,
    sum(
        delivery_table.row_count - delivery_table.added_count
        - delivery_table.quarantined_count - delivery_table.duplicate_count
    )::bigint as unchanged_count
from ledger.delivery
left join ledger.delivery_table using (delivery_id)
where delivery.received_at >= (select started_at from ledger.run where run_id = %(run_id)s)
group by delivery.feed, delivery.delivery_id
order by delivery.delivery_id
"""

CHANGES = """
select mart, added, changed, removed
from ledger.publication_change inner join published.generation using (generation)
where run_id = %(run_id)s
order by mart
"""


def _rows(query: str, **values) -> list:
    with psycopg.connect("", row_factory=namedtuple_row) as connection:
        return connection.execute(query, values).fetchall()


def feeds() -> list:
    """One row per feed: since when its rows are in force, how old they are, how many of them
    were set aside, what is wrong."""
    path = settings.ROOT / "seeds" / "reference" / "feed.csv"
    with path.open(encoding="utf-8", newline="") as file:
        agreed = list(csv.DictReader(file))
    return _rows(
        FEEDS,
        today=settings.today(),
        feeds=[row["feed"] for row in agreed],
        warn=[int(row["warn_age_days"]) for row in agreed],
        error=[int(row["error_age_days"]) for row in agreed],
    )


def last_run():
    """The newest run, if there was one."""
    from orchestration import runs

    return next(iter(_rows(LAST_RUN, is_running=runs.is_one_running())), None)


def shown():
    """The generation that readers see, if there is one."""
    return next(iter(_rows(SHOWN)), None)


def skipped() -> list:
    """One row per kind of key by which too many records are alike to be compared: counts."""
    return _rows(SKIPPED)


def received(run_id: int) -> list:
    """One row per delivery that the run received."""
    return _rows(RECEIVED, run_id=run_id)


def changes(run_id: int) -> list:
    """One row per mart of the generation that the run published. None: it published nothing."""
    return _rows(CHANGES, run_id=run_id)
