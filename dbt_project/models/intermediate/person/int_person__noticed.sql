-- Grain: one row per person of whom a source here knows since when: the first day it does.
--
-- Who was born long before that day lived somewhere else, or unnoticed: what went before stands in
-- nobody's extract. A tie is dated by the birth or the wedding, not by whoever noticed it.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

described as (

    select
        person_id,
        coalesce(date_of_birth, expected_date_of_birth) as born_on
    from {{ ref('int_person__described') }}

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

known as (

    select
        record_id,
        started_on
    from {{ ref('int_address__standardised') }}
    -- what a neighbour knows of the past is no past here
    where not is_protected_address and feed <> 'neighbouring_council'
    union all
    select
        record_id,
        started_on
    from {{ ref('int_service_involvement__unioned') }}

),

first_known as (

    select
        identified.person_id,
        min(known.started_on) as first_known_on
    from known
    inner join identified on known.record_id = identified.record_id
    where known.started_on is not null
    group by identified.person_id

),

noticed as (

    select
        first_known.person_id,
        first_known.first_known_on,
        first_known.first_known_on
        > ({{ as_of_date() }} - make_interval(months => parameter.little_history))::date
        and coalesce(
            first_known.first_known_on
            > described.born_on + make_interval(months => parameter.unnoticed_infancy),
            true
        ) as has_little_history
    from first_known
    inner join described on first_known.person_id = described.person_id
    cross join parameter

)

select * from noticed
