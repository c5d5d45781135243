-- Grain: one row per record, with the person it is about and where it was sent.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

record as (

    select * from {{ ref('int_person__unioned') }}

),

traced as (

    select
        identified.record_id::varchar(64) as record_id,
        identified.person_id::bigint as person_id,
        record.feed::varchar(40) as feed,
        left(record.source_person_id, 100)::varchar(100) as source_person_id,
        identified.match_rule::varchar(60) as match_rule,
        record.delivery_id::bigint as delivery_id,
        record.source_table::varchar(60) as source_table,
        record.row_number::bigint as row_number
    from identified
    inner join record on identified.record_id = record.record_id

)

select * from traced
