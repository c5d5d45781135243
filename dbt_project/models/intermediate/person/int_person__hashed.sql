-- Grain: one row per record that is compared, with the hash of all that is compared of it.
--
-- Most of what is compared is the same every night. What is not is found here, without comparing
-- all the columns of all the records.

with profiled as (

    select * from {{ ref('int_person__profiled') }}

),

hashed as (

    select
        record_id,
        match_hash
    from profiled

)

select * from hashed
