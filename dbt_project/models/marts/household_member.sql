-- Grain: one row per person, dwelling and unbroken stretch of living there.

with stay as (

    select * from {{ ref('int_household__stayed') }}

),

household_member as (

    select
        household_member_id,
        household_id,
        person_id,
        started_on,
        ended_on,
        (case when is_current then 'Yes' else 'No' end)::varchar(7) as is_current,
        left(sources, 200)::varchar(200) as sources,
        source_count
    from stay

)

select * from household_member
