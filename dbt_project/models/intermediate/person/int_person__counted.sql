-- Grain: one row per kind of value and value that records hold: how common it is.
--
-- It is told to half a bit, so that it seldom changes from night to night.

-- read where they stand, and not copied first: there are many of them
with comparable as not materialized (

    select * from {{ ref('int_person__comparable') }}

),

held as (

    select
        'given_name' as kind,
        given_name as held_value,
        count(*) as record_count
    from comparable
    group by given_name
    union all
    select
        'family_name' as kind,
        family_name as held_value,
        count(*) as record_count
    from comparable
    group by family_name
    union all
    select
        'birth_digits' as kind,
        birth_digits as held_value,
        count(*) as record_count
    from comparable
    group by birth_digits
    union all
    select
        'locality' as kind,
        locality as held_value,
        count(*) as record_count
    from comparable
    group by locality
    union all
    select
        'telephone' as kind,
        telephone as held_value,
        count(*) as record_count
    from comparable
    group by telephone
    union all
    select
        'email' as kind,
        email as held_value,
        count(*) as record_count
    from comparable
    group by email

),

counted as (

    select
        kind,
        held_value,
        resolution.share(record_count, sum(record_count) over (partition by kind)) as frequency
    from held
    where held_value is not null

)

select * from counted
