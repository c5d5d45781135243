{{ config(meta={"dagster": {"ref": {"name": "int_person__identified"}}}) }}

-- A veto is a reason why two records are not one person, whatever joined them, and through
-- whomever. A wrong merge shows a stranger's life. Only people who say that two records are one
-- person know better.

with joined_by_a_steward as (

    select record.person_id
    from {{ ref('int_link_override__judged') }} as override
    inner join {{ ref('int_person__identified') }} as record
        on override.record_id = record.record_id
    where override.verdict = 'steward_link'
    group by record.person_id

)

select
    vetoed.record_number,
    vetoed.other_record_number
from {{ ref('int_person__vetoed') }} as vetoed
inner join {{ ref('int_person__identified') }} as record
    on vetoed.record_number = record.record_number
inner join {{ ref('int_person__identified') }} as other
    on vetoed.other_record_number = other.record_number and record.person_id = other.person_id
left join joined_by_a_steward on record.person_id = joined_by_a_steward.person_id
where joined_by_a_steward.person_id is null
