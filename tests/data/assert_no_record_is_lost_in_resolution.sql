{{ config(meta={"dagster": {"ref": {"name": "int_person__identified"}}}) }}

-- Every record a feed sends is exactly one person. A lost one is a service nobody sees, a doubled
-- one is shown on two people's pages.

with record as (

    select record_id from {{ ref('int_person__unioned') }}

),

identified as (

    select
        record_id,
        count(*) as people
    from {{ ref('int_person__identified') }}
    group by record_id

)

select coalesce(record.record_id, identified.record_id) as record_id
from record
full join identified on record.record_id = identified.record_id
where record.record_id is null or coalesce(identified.people, 0) <> 1
