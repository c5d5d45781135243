-- Grain: one row per record and person that it was ever published under.

with source as (

    select * from {{ source('published', 'person_source_record') }}

),

held as (

    select
        record_id,
        resolution.record_number(record_id) as record_number,
        person_id,
        min(valid_from_generation) as first_generation
    from source
    group by record_id, person_id

)

select * from held
