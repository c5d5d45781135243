-- Grain: one row per pair of records that share a blocking key.

with block as (

    select * from {{ ref('int_person__blocked') }}
    where not is_skipped

),

compared as (

    select
        keyed.key_type,
        keyed.blocking_key,
        keyed.record_id
    from {{ ref('int_person__keyed') }} as keyed
    inner join block
        on keyed.key_type = block.key_type and keyed.blocking_key = block.blocking_key

),

paired as (

    select
        record.record_id,
        other.record_id as other_record_id
    from compared as record
    inner join compared as other
        on
            record.key_type = other.key_type
            and record.blocking_key = other.blocking_key
            and record.record_id < other.record_id
    group by record.record_id, other.record_id

)

select * from paired
