-- Grain: one row per record that was ever published, with the person it was last.

with source as (

    select * from {{ source('published', 'person_source_record') }}

),

latest as (

    select distinct on (record_id)
        record_id,
        person_id
    from source
    order by record_id asc, valid_to_generation desc

)

select * from latest
