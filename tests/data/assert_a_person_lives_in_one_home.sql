{{ config(meta={"dagster": {"ref": {"name": "household_member"}}}) }}

-- Nobody lives in two places. Where feeds disagree the later move counts, and where they tie
-- nothing is current.

select person_id
from {{ ref('household_member') }}
where is_current = 'Yes'
group by person_id
having count(*) > 1
