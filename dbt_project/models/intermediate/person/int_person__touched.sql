-- Grain: one row per record whose person is worked out anew.
--
-- What is decided within one component depends on nothing outside. So these are all records of
-- each component that the unsettled were in, or are in now: a link is new only if one of its ends
-- is unsettled. With them go those of everybody published as the same person, who have a claim to
-- its identifier too. A record that has gone is among them.

with unsettled as (

    select * from {{ ref('int_person__unsettled') }}

),

settled as (

    select * from {{ ref('stg_resolution__settled_record') }}

),

published as (

    select * from {{ ref('stg_published__person_source_record') }}

),

-- whether a pair would be linked is asked later: to look once too often does no harm
pair as (

    select
        record_id,
        other_record_id
    from {{ ref('int_person__scored') }}

),

-- when nobody was settled before, everybody is unsettled
near as (

    select record_id from unsettled
    union
    select pair.other_record_id as record_id
    from pair
    inner join unsettled on pair.record_id = unsettled.record_id
    where exists (select from settled)
    union
    select pair.record_id
    from pair
    inner join unsettled on pair.other_record_id = unsettled.record_id
    where exists (select from settled)
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
