-- Grain: one row per person, dwelling and unbroken stretch of living there.
--
-- Of an adult whom a court or a service keeps from a child no home is told.

with stay as (

    select * from {{ ref('int_household__stayed') }}

),

kept_away as (

    select * from {{ ref('int_person__kept_away') }}

),

household_member as (

    select
        stay.household_member_id,
        stay.household_id,
        stay.person_id,
        stay.started_on,
        stay.ended_on,
        (case when stay.is_current then 'Yes' else 'No' end)::varchar(7) as is_current,
        left(stay.sources, 200)::varchar(200) as sources,
        stay.source_count
    from stay
    left join kept_away on stay.person_id = kept_away.person_id
    where kept_away.person_id is null

)

select * from household_member
