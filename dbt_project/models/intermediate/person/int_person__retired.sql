-- Grain: one row per person identifier that is no longer used, in this build or ever before.
--
-- A retired identifier leads to the person who now holds most of the records that it ever had. When
-- none of them is left it leads where it led, or to nobody. One that is used again is not retired.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

published as (

    select * from {{ ref('stg_published__person_source_record') }}

),

current_person as (

    select person_id from identified
    group by person_id

),

formerly_retired as (

    select * from {{ ref('stg_published__person_redirect') }}

),

retired_person as (

    select person_id from published
    union
    select retired_person_id as person_id from formerly_retired
    except
    select person_id from current_person

),

holder as (

    select
        retired_person.person_id as retired_person_id,
        identified.person_id,
        count(*) as record_count
    from retired_person
    inner join {{ ref('stg_published__person_record_history') }} as history
        on retired_person.person_id = history.person_id
    inner join identified on history.record_id = identified.record_id
    group by retired_person.person_id, identified.person_id

),

successor as (

    select distinct on (retired_person_id)
        retired_person_id,
        person_id
    from holder
    order by retired_person_id asc, record_count desc, person_id asc

),

led_on as (

    select
        retired_person.person_id as retired_person_id,
        coalesce(
            successor.person_id, current_person.person_id, next_successor.person_id
        ) as person_id
    from retired_person
    left join successor on retired_person.person_id = successor.retired_person_id
    left join formerly_retired
        on retired_person.person_id = formerly_retired.retired_person_id
    left join current_person on formerly_retired.person_id = current_person.person_id
    left join successor as next_successor
        on formerly_retired.person_id = next_successor.retired_person_id

),

retired as (

    select
        retired_person_id,
        person_id,
        case when person_id is null then 'withdrawn' else 'merged' end as reason
    from led_on

)

select * from retired
