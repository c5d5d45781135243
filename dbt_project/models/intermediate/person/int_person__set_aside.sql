-- Grain: one row per person and feed of whom a row was set aside in the delivery in force.
--
-- The row that was set aside may be the only one of its record. Then the record is the person it
-- was when last published, or whoever has taken that person's place since.

with record_set_aside as (

    select * from {{ ref('stg_quarantine__record_set_aside') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

known_record as (

    select * from {{ ref('stg_published__known_record') }}

),

retired as (

    select * from {{ ref('int_person__retired') }}

),

attributed as (

    select
        record_set_aside.feed,
        record_set_aside.row_count,
        case
            when identified.person_id is not null then identified.person_id
            when retired.retired_person_id is not null then retired.person_id
            else known_record.person_id
        end as person_id
    from record_set_aside
    left join identified on record_set_aside.record_id = identified.record_id
    left join known_record on record_set_aside.record_id = known_record.record_id
    left join retired on known_record.person_id = retired.retired_person_id

),

counted as (

    select
        person_id,
        feed,
        sum(row_count)::bigint as row_count
    from attributed
    where person_id is not null
    group by person_id, feed

)

select * from counted
