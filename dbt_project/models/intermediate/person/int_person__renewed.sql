-- Grain: one row per record whose pairs are weighed anew.
--
-- Beside the records that changed these are all records of a block that grew too large, or is no
-- longer: then pairs come and go although neither of their records changed.

with keyed as (

    select * from {{ ref('int_person__keyed') }}

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

-- the blocks that records left or came to
moved as (

    select
        unnest(compared.blocking_keys) as blocking_key,
        1 as left_it,
        0 as came_to_it
    from compared
    inner join keyed on compared.record_number = keyed.record_number
    union all
    select
        unnest(blocking_keys) as blocking_key,
        0 as left_it,
        1 as came_to_it
    from keyed

),

resized as (

    select
        blocking_key,
        sum(left_it) as left_it,
        sum(came_to_it) as came_to_it
    from moved
    group by blocking_key
    having sum(left_it) <> sum(came_to_it)

),

unchanged as (

    select
        compared.record_number,
        unnest(compared.blocking_keys) as blocking_key
    from compared
    left join keyed on compared.record_number = keyed.record_number
    where keyed.record_number is null

),

staying as (

    select
        unchanged.record_number,
        resized.blocking_key,
        resized.left_it,
        resized.came_to_it
    from unchanged
    inner join resized on unchanged.blocking_key = resized.blocking_key

),

-- a block that only changed records are in renews nobody else
crossing as (

    select staying.blocking_key
    from staying
    group by staying.blocking_key, staying.left_it, staying.came_to_it
    having
        (count(*) + staying.left_it > (select parameter.largest_block from parameter))
        <> (count(*) + staying.came_to_it > (select parameter.largest_block from parameter))

),

affected as (

    select staying.record_number
    from staying
    inner join crossing on staying.blocking_key = crossing.blocking_key
    group by staying.record_number

),

renewed as (

    select
        record_number,
        record_id,
        match_hash,
        blocking_keys
    from keyed
    union all
    select
        compared.record_number,
        compared.record_id,
        compared.match_hash,
        compared.blocking_keys
    from compared
    inner join affected on compared.record_number = affected.record_number

)

select * from renewed
