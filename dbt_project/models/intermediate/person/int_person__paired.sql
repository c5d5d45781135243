-- Grain: one row per two records to weigh anew: they share a blocking key.

with block as (

    select * from {{ ref('int_person__blocked') }}
    where not is_skipped

),

record as (

    select
        unnest(record_numbers) as record_number,
        generate_subscripts(record_numbers, 1) as place,
        record_numbers,
        unchanged_record_numbers
    from block

),

-- each record with those after it, and with the unchanged
shared as (

    select
        record_number,
        unnest(record_numbers[place + 1:] || unchanged_record_numbers) as other_record_number
    from record

),

paired as (

    select distinct
        least(record_number, other_record_number) as record_number,
        greatest(record_number, other_record_number) as other_record_number
    from shared
    -- a record may have a key twice
    where record_number <> other_record_number

)

select * from paired
