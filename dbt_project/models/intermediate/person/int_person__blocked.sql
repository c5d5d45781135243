-- Grain: one row per blocking key that several records share, and who they are.
--
-- A key that too many share says little, and comparing them all costs the square of their
-- number: it is skipped. Who was skipped was not searched for, so they are told apart from those
-- of whom nothing was found.

with parameter as (

    select max(value) as largest_block
    from {{ ref('matching_parameter') }}
    where
        parameter = 'largest_block'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

blocked as (

    select
        blocking_key,
        min(key_type) as key_type,
        count(*) as record_count,
        count(*) > (select parameter.largest_block from parameter) as is_skipped,
        array_agg(record_number) as record_numbers
    from {{ ref('int_person__keyed') }}
    group by blocking_key
    having count(*) > 1

)

select * from blocked
