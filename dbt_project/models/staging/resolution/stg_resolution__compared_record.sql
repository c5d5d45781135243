-- Grain: one row per record as it was when its pairs were last weighed.
--
-- It counts only while the scores that came of it are there: whoever drops them has all made anew.

with source as (

    select * from {{ source('resolution', 'compared_record') }}

),

renamed as (

    select
        record_number,
        record_id,
        match_hash,
        blocking_keys,
        skipped_keys
    from source
    where to_regclass('intermediate.int_person__scored') is not null

)

select * from renamed
