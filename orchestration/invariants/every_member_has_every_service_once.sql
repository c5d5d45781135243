-- The absence of a row means nothing, so no row may be absent: each member of each family is
-- answered for by each service. Two family members of one child may not be the same person.
-- (That no service answers twice is said by the key.)
with member as (

    select
        child_id,
        member_id,
        count(*) as times
    from marts.family_member
    group by child_id, member_id

),

answered as (

    select
        family_context.child_id,
        family_context.member_id,
        count(*) as answers,
        count(service_coverage.service) as services
    from marts.family_context
    left join marts.service_coverage on family_context.service = service_coverage.service
    group by family_context.child_id, family_context.member_id

),

expected as (

    select count(*) as services from marts.service_coverage

)

select
    'family_context' as subject,
    count(*) as breaches
from member
full join answered
    on member.child_id = answered.child_id and member.member_id = answered.member_id
where
    member.times is distinct from 1
    or answered.answers is distinct from (select expected.services from expected)
    or answered.services is distinct from (select expected.services from expected)
