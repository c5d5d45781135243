-- Grain: one row per person identifier that is no longer used.

with retired as (

    select * from {{ ref('int_person__retired') }}

),

redirected as (

    select
        retired_person_id::bigint as retired_person_id,
        person_id::bigint as person_id,
        reason::varchar(20) as reason
    from retired

)

select * from redirected
