{{ config(meta={"dagster": {"ref": {"name": "family_member"}}}) }}

-- Each child is member 0 of one family, and the others follow without a gap: a member who is lost
-- or doubled on the way shows here.

select child_id
from {{ ref('family_member') }}
group by child_id
having
    count(*) filter (where member_order = 0 and member_id = child_id and relation = 'self') <> 1
    or count(distinct member_id) <> count(*)
    or max(member_order) <> count(*) - 1
