-- Grain: one row per two records to weigh anew: they share a blocking key.

with block as (

    select * from {{ ref('int_person__blocked') }}
    where not is_skipped

),

-- each record with those after it, and with the unchanged
shared as (

    select
        record.number as record_number,
        other.number as other_record_number
    from block
    cross join lateral unnest(block.record_numbers) with ordinality as record (number, place)
    cross join
        lateral unnest(
            block.record_numbers[record.place::integer + 1:] || block.unchanged_record_numbers
        ) as other (number)
    -- a record may have a key twice
    where record.number <> other.number

),

paired as (

    select distinct
        least(record_number, other_record_number) as record_number,
        greatest(record_number, other_record_number) as other_record_number
    from shared

)

select * from paired
