-- Grain: one row per record as it was when its person was last worked out.
--
-- It counts only while what came of it is there: whoever drops any of it has all made anew.

with source as (

    select * from {{ source('resolution', 'settled_record') }}

),

renamed as (

    select
        record_number,
        component_number,
        person_id,
        held_person_id,
        rules_hash,
        is_touched
    from source
    where
        to_regclass('intermediate.int_person__scored') is not null
        and to_regclass('intermediate.int_person__vetoed') is not null
        and to_regclass('intermediate.int_person__linked') is not null
        and to_regclass('intermediate.int_person__clustered') is not null
        and to_regclass('intermediate.int_person__identified') is not null

)

select * from renamed
