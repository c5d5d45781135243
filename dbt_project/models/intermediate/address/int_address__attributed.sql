-- Grain: one row per record whose addresses may be used, with the person they are of.
--
-- A record of mere evidence is of the person it tells of, or of nobody. A protected person has no
-- address at all. And where a doctor or a teacher is reached is not where they live.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

ascribed as (

    select * from {{ ref('int_evidence__ascribed') }}

),

told as (

    select
        identified.record_id,
        case when ascribed.record_id is null then identified.person_id else ascribed.person_id end
            as person_id
    from identified
    left join ascribed on identified.record_id = ascribed.record_id

),

protected as (

    select * from {{ ref('int_person__protected') }}

),

professional as (

    select related_record_id as record_id
    from {{ ref('int_relationship__unioned') }}
    where service_role is not null
    group by related_record_id

),

attributed as (

    select told.*
    from told
    left join protected on told.person_id = protected.person_id
    left join professional on told.record_id = professional.record_id
    where
        told.person_id is not null
        and protected.person_id is null
        and professional.record_id is null

)

select * from attributed
