{{ config(meta={"dagster": {"ref": {"name": "int_person__identified"}}}) }}

-- A veto is a reason why two records are not one person, whatever joined them, and through
-- whomever. A wrong merge shows a stranger's life.

select
    vetoed.record_id,
    vetoed.other_record_id
from {{ ref('int_person__vetoed') }} as vetoed
inner join {{ ref('int_person__identified') }} as record on vetoed.record_id = record.record_id
inner join {{ ref('int_person__identified') }} as other
    on vetoed.other_record_id = other.record_id and record.person_id = other.person_id
