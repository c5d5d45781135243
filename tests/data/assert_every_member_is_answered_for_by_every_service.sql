{{ config(meta={"dagster": {"ref": {"name": "family_context"}}}) }}

-- The absence of a row means nothing, so no row may be absent: each member of each family has one
-- answer from each service of the register.

with member as (

    select
        child_id,
        member_id
    from {{ ref('family_member') }}

),

service as (

    select service from {{ ref('service') }}

),

expected as (

    select
        member.child_id,
        member.member_id,
        service.service
    from member
    cross join service

),

answer as (

    select
        child_id,
        member_id,
        service
    from {{ ref('family_context') }}

)

select
    coalesce(expected.child_id, answer.child_id) as child_id,
    coalesce(expected.member_id, answer.member_id) as member_id,
    coalesce(expected.service, answer.service) as service
from expected
full join answer
    on
        expected.child_id = answer.child_id
        and expected.member_id = answer.member_id
        and expected.service = answer.service
group by
    coalesce(expected.child_id, answer.child_id),
    coalesce(expected.member_id, answer.member_id),
    coalesce(expected.service, answer.service)
having count(expected.child_id) <> 1 or count(answer.child_id) <> 1
