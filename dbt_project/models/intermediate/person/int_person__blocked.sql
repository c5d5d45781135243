-- Grain: one row per blocking key that a record to compare anew shares with others, and who they
-- are.
--
-- A key that too many share says little, and comparing them all costs the square of their
-- number: it is skipped. Who was skipped was not searched for, so they are told apart from those
-- of whom nothing was found.

with renewed as not materialized (

    select * from {{ ref('int_person__renewed') }}

),

compared as (

    select * from {{ ref('stg_resolution__compared_record') }}

),

parameter as (

    select max(value) as largest_block
    from {{ ref('matching_parameter') }}
    where
        parameter = 'largest_block'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

renewed_key as not materialized (

    select
        record_number,
        unnest(blocking_keys) as blocking_key
    from renewed

),

unchanged_key as (

    select
        compared.record_number,
        unnest(compared.blocking_keys) as blocking_key
    from compared
    left join renewed on compared.record_number = renewed.record_number
    where renewed.record_number is null

),

keyed as (

    select
        record_number,
        blocking_key,
        true as is_renewed
    from renewed_key
    union all
    select
        record_number,
        blocking_key,
        false as is_renewed
    from unchanged_key
    where blocking_key in (select renewed_key.blocking_key from renewed_key)

),

-- in order, since most keys are held by one record: to keep a list for each costs more
sorted as (

    select * from keyed
    order by blocking_key

),

blocked as (

    select
        blocking_key,
        count(*) as record_count,
        count(*) > (select parameter.largest_block from parameter) as is_skipped,
        array_agg(record_number) filter (where is_renewed) as record_numbers,
        array_agg(record_number) filter (where not is_renewed) as unchanged_record_numbers
    from sorted
    group by blocking_key
    having count(*) > 1

)

select * from blocked
