-- Grain: one row per two records that share a blocking key, the smaller number first.

with block as (

    select * from {{ ref('int_person__blocked') }}
    where not is_skipped

),

paired as (

    select distinct
        record.number as record_number,
        other.number as other_record_number
    from block
    cross join lateral unnest(block.record_numbers) as record (number)
    cross join lateral unnest(block.record_numbers) as other (number)
    where record.number < other.number

)

select * from paired
