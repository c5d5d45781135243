-- Grain: one row per person who may be somebody else as well, and nobody has decided yet.
--
-- That nothing was found of them must not be said. Of whom no service tells anything, nothing can
-- be missed.

with likened as (

    select * from {{ ref('int_person__likened') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

served as (

    select identified.person_id
    from {{ ref('int_service_involvement__unioned') }} as spell
    inner join identified on spell.record_id = identified.record_id
    group by identified.person_id

),

undecided as (

    select likened.person_id
    from likened
    inner join served on likened.other_person_id = served.person_id
    group by likened.person_id

)

select * from undecided
