-- Grain: one row per person identifier that is no longer used, in this build or ever before.
--
-- A retired identifier leads to the person who now holds most of its records; to nobody when none
-- is left. One that led to an identifier retired since then is led on.

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

newly_retired as (

    select
        published.person_id as retired_person_id,
        identified.person_id,
        count(identified.record_id) as record_count
    from published
    left join identified on published.record_id = identified.record_id
    where published.person_id not in (select current_person.person_id from current_person)
    group by published.person_id, identified.person_id

),

successor as (

    select distinct on (retired_person_id)
        retired_person_id,
        person_id
    from newly_retired
    order by
        retired_person_id asc,
        -- of those that are no more it counts none
        record_count desc,
        person_id asc

),

led_on as (

    select
        formerly_retired.retired_person_id,
        case
            when successor.retired_person_id is null then formerly_retired.person_id
            else successor.person_id
        end as person_id
    from formerly_retired
    left join successor on formerly_retired.person_id = successor.retired_person_id
    union all
    select
        retired_person_id,
        person_id
    from successor

),

retired as (

    select
        retired_person_id,
        person_id,
        case when person_id is null then 'withdrawn' else 'merged' end as reason
    from led_on

)

select * from retired
