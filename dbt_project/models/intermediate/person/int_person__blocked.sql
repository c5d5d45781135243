-- Grain: one row per blocking key that several records share.
--
-- A key that too many share says little, and comparing them all costs the square of their
-- number: it is skipped. Who was skipped was not searched for, so they are told apart from those
-- of whom nothing was found.

with keyed as (

    select * from {{ ref('int_person__keyed') }}

),

parameter as (

    select max(value) as largest_block
    from {{ ref('matching_parameter') }}
    where
        parameter = 'largest_block'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

counted as (

    select
        key_type,
        blocking_key,
        count(*) as record_count
    from keyed
    group by key_type, blocking_key
    having count(*) > 1

),

blocked as (

    select
        counted.key_type,
        counted.blocking_key,
        counted.record_count,
        counted.record_count > parameter.largest_block as is_skipped
    from counted
    cross join parameter

)

select * from blocked
