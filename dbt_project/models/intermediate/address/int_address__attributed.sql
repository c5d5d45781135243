-- Grain: one row per record whose addresses may be used, with the person they are of.
--
-- A record of mere evidence is of the person it tells of, or of nobody. A protected person has no
-- address at all: not the refuge, and no other home that would lead there. Nor has whoever a feed
-- without marks still places where another feed protects. And where a doctor or a
-- teacher is reached is not where they live.

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

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

-- marked by a source, or still at a place that another source marks
protected as (

    select record_id from {{ ref('int_address__unioned') }}
    where is_protected_address
    union
    select address.record_id
    from {{ ref('int_address__standardised') }} as address
    cross join parameter
    where
        address.is_protected_address
        and address.ended_on is null
        and not address.is_end_unreliable
        and coalesce(
            address.observed_on
            >= ({{ as_of_date() }} - make_interval(months => parameter.evidence_lookback))::date,
            true
        )

),

protected_person as (

    select told.person_id
    from protected
    inner join told on protected.record_id = told.record_id
    where told.person_id is not null
    group by told.person_id

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
    left join protected_person on told.person_id = protected_person.person_id
    left join professional on told.record_id = professional.record_id
    where
        told.person_id is not null
        and protected_person.person_id is null
        and professional.record_id is null

)

select * from attributed
