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
        record_number,
        other_record_number
    from {{ ref('int_person__scored') }}

),

-- when nobody was settled before, everybody is unsettled
near as (

    select record_number from unsettled
    union
    select pair.other_record_number as record_number
    from pair
    inner join unsettled on pair.record_number = unsettled.record_number
    where exists (select from settled)
    union
    select pair.record_number
    from pair
    inner join unsettled on pair.other_record_number = unsettled.record_number
    where exists (select from settled)
    union
    select other_published.record_number
    from unsettled
    inner join published on unsettled.record_number = published.record_number
    inner join published as other_published on published.person_id = other_published.person_id

),

component as (

    select settled.component_number
    from settled
    inner join near on settled.record_number = near.record_number
    group by settled.component_number

),

touched as (

    select record_number from near
    union
    select settled.record_number
    from settled
    inner join component on settled.component_number = component.component_number

)

select * from touched
