-- Grain: one row per record whose person is worked out anew, with all it might be joined to.
--
-- What is connected is no person yet: it is where to look for vetoes, and what is decided within
-- one component depends on nothing outside. So these are all records of each component that the
-- unsettled were in, or are in now: a link is new only if one of its ends is unsettled. With them
-- go those of everybody published as the same person, who have a claim to its identifier too. A
-- component is named after its smallest record; a record that has gone is in none. The walk starts
-- only at records that are smaller than all their neighbours, of which nearly every component has
-- one.

with recursive model as (

    select * from {{ ref('match_model') }}

),

record as (

    select record_id from {{ ref('int_person__standardised') }}

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

touched_component as (

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
    inner join touched_component on settled.component_id = touched_component.component_id

),

touched_link as (

    select
        candidate.record_id,
        candidate.other_record_id
    from candidate
    inner join touched on candidate.record_id = touched.record_id

),

link as (

    select * from touched_link
    union all
    select
        other_record_id as record_id,
        record_id as other_record_id
    from touched_link

),

start as (

    select record_id
    from link
    group by record_id
    having record_id < min(other_record_id)

),

reached as (

    select
        record_id,
        record_id as start_record_id
    from start
    union
    select
        link.other_record_id as record_id,
        reached.start_record_id
    from reached
    inner join link on reached.record_id = link.record_id

),

component as (

    select
        record_id,
        min(start_record_id) as component_id
    from reached
    group by record_id

),

connected as (

    select
        touched.record_id,
        case
            when record.record_id is not null
                then coalesce(component.component_id, record.record_id)
        end as component_id,
        (select min(unsettled.rules_hash) from unsettled) as rules_hash
    from touched
    left join record on touched.record_id = record.record_id
    left join component on touched.record_id = component.record_id

)

select * from connected
