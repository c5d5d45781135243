-- Grain: one row per touched record, with all it might be joined to.
--
-- What is connected is no person yet: it is where to look for vetoes. A component is named after
-- its smallest record. The walk starts only at records that are smaller than all their
-- neighbours, of which nearly every component has one.

with recursive model as (

    select * from {{ ref('match_model') }}

),

touched as (

    select touched.record_id
    from {{ ref('int_person__touched') }} as touched
    inner join {{ ref('int_person__standardised') }} as record
        on touched.record_id = record.record_id

),

candidate as (

    select
        scored.record_id,
        scored.other_record_id
    from {{ ref('int_person__scored') }} as scored
    inner join {{ ref('int_person__touched') }} as touched on scored.record_id = touched.record_id
    cross join model
    where
        scored.match_weight
        >= case
            when scored.date_of_birth_level <> 'missing' then model.probable_weight
            when scored.home_level = 'same' then model.probable_home_weight
            else model.probable_undated_weight
        end
        and scored.refusals is null
        and scored.cautions is null

),

link as (

    select * from candidate
    union all
    select
        other_record_id as record_id,
        record_id as other_record_id
    from candidate

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
        coalesce(component.component_id, touched.record_id) as component_id
    from touched
    left join component on touched.record_id = component.record_id

)

select * from connected
