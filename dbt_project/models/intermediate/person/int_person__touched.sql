-- Grain: one row per record whose person is worked out anew.
--
-- What is decided within one component depends on nothing outside. So these are all records of
-- each component that the unsettled were in, or are in now: a link is new only if one of its ends
-- is unsettled. With them go those of everybody published as the same person, who have a claim to
-- its identifier too. A record that has gone is among them.

with model as (

    select * from {{ ref('match_model') }}

),

unsettled as (

    select * from {{ ref('int_person__unsettled') }}

),

settled as (

    select * from {{ ref('stg_resolution__settled_record') }}

),

published as (

    select * from {{ ref('stg_published__person_source_record') }}

),

candidate as (

    select
        scored.record_id,
        scored.other_record_id
    from {{ ref('int_person__scored') }} as scored
    cross join model
    where
        scored.match_weight
        >= case
            when scored.date_of_birth_level = 'missing' then model.probable_undated_weight
            else model.probable_weight
        end
        and scored.refusals is null
        and scored.cautions is null

),

near as (

    select record_id from unsettled
    union
    select candidate.other_record_id as record_id
    from candidate
    inner join unsettled on candidate.record_id = unsettled.record_id
    union
    select candidate.record_id
    from candidate
    inner join unsettled on candidate.other_record_id = unsettled.record_id
    union
    select other_published.record_id
    from unsettled
    inner join published on unsettled.record_id = published.record_id
    inner join published as other_published on published.person_id = other_published.person_id

),

component as (

    select settled.component_id
    from settled
    inner join near on settled.record_id = near.record_id
    group by settled.component_id

),

touched as (

    select record_id from near
    union
    select settled.record_id
    from settled
    inner join component on settled.component_id = component.component_id

)

select * from touched
