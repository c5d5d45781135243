-- Grain: one row per two records to weigh anew: they share a blocking key.

with block as (

    select * from {{ ref('int_person__blocked') }}
    where not is_skipped

),

shared as (

    select
        record.number as record_number,
        other.number as other_record_number
    from block
    cross join lateral unnest(block.record_numbers) as record (number)
    cross join lateral unnest(block.record_numbers) as other (number)
    where record.number < other.number
    union all
    select
        record.number as record_number,
        other.number as other_record_number
    from block
    cross join lateral unnest(block.record_numbers) as record (number)
    cross join lateral unnest(block.unchanged_record_numbers) as other (number)

),

paired as (

    select distinct
        least(record_number, other_record_number) as record_number,
        greatest(record_number, other_record_number) as other_record_number
    from shared

)

select * from paired
