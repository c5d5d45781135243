{{ config(meta={"dagster": {"ref": {"name": "int_person__retired"}}}) }}

-- A retired identifier is never given again, and one that was ever published is never forgotten:
-- whoever noted it down is led to the person, or told that nobody is left.

with identified as (

    select person_id from {{ ref('int_person__identified') }}
    group by person_id

),

retired as (

    select retired_person_id from {{ ref('int_person__retired') }}

),

published as (

    select person_id from {{ ref('stg_published__person_source_record') }}
    union
    select retired_person_id as person_id from {{ ref('stg_published__person_redirect') }}

)

select published.person_id
from published
left join identified on published.person_id = identified.person_id
left join retired on published.person_id = retired.retired_person_id
where (identified.person_id is null) = (retired.retired_person_id is null)
