-- Grain: one row per record of the newest generation.
--
-- A row that holds to the end of time is a row of the newest generation, which this model alone is
-- about; the former ones are history and decide nothing.

with source as (

    select * from {{ source('published', 'person_source_record') }}

),

newest as (

    select
        record_id,
        resolution.record_number(record_id) as record_number,
        person_id,
        match_rule
    from source
    where valid_to_generation = 2147483647

)

select * from newest
