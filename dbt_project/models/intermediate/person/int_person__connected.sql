-- Grain: one row per touched record, with all it might be joined to.
--
-- What is connected is no person yet: it is where to look for vetoes. A component is named after
-- its smallest number. The walk starts only at records that are smaller than all their
-- neighbours, of which nearly every component has one.

with recursive model as (

    select * from {{ ref('match_model') }}

),

touched as (

    select
        record.record_number,
        record.record_id
    from {{ ref('int_person__touched') }} as touched
    inner join {{ ref('int_person__standardised') }} as record
        on touched.record_number = record.record_number

),

candidate as (

    select
        scored.record_number,
        scored.other_record_number
    from {{ ref('int_person__scored') }} as scored
    inner join {{ ref('int_person__touched') }} as touched
        on scored.record_number = touched.record_number
    where
        scored.match_weight
        >= case
            when
                scored.date_of_birth_level <> 'missing'
                then (select model.probable_weight from model)
            when scored.home_level = 'same' then (select model.probable_home_weight from model)
            else (select model.probable_undated_weight from model)
        end
        and scored.refusals is null
        and scored.cautions is null

),

link as (

    select * from candidate
    union all
    select
        other_record_number as record_number,
        record_number as other_record_number
    from candidate

),

start as (

    select record_number
    from link
    group by record_number
    having record_number < min(other_record_number)

),

reached as (

    select
        record_number,
        record_number as start_record_number
    from start
    union
    select
        link.other_record_number as record_number,
        reached.start_record_number
    from reached
    inner join link on reached.record_number = link.record_number

),

component as (

    select
        record_number,
        min(start_record_number) as component_number
    from reached
    group by record_number

),

connected as (

    select
        touched.record_number,
        touched.record_id,
        coalesce(component.component_number, touched.record_number) as component_number
    from touched
    left join component on touched.record_number = component.record_number

)

select * from connected
