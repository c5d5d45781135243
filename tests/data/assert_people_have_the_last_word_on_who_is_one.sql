{{ config(meta={"dagster": {"ref": {"name": "int_person__identified"}}}) }}

-- Whom people keep apart is two, whatever links them; whom people link is one, unless others of
-- them contradict.

select
    override.record_id,
    override.other_record_id
from {{ ref('int_link_override__judged') }} as override
inner join {{ ref('int_person__identified') }} as record on override.record_id = record.record_id
inner join {{ ref('int_person__identified') }} as other
    on override.other_record_id = other.record_id
where
    (override.is_kept_apart and record.person_id = other.person_id)
    or (override.verdict = 'steward_link' and record.person_id <> other.person_id)
