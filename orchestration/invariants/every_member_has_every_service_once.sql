-- The absence of a row means nothing, so no row may be absent: each member of each family is
-- answered for by each service. Two family members of one child may not be the same person.
with expected as (

    select
        family_member.child_id,
        family_member.member_id,
        service_coverage.service,
        count(*) as times
    from marts.family_member
    cross join marts.service_coverage
    group by family_member.child_id, family_member.member_id, service_coverage.service

),

found as (

    select
        child_id,
        member_id,
        service,
        count(*) as times
    from marts.family_context
    group by child_id, member_id, service

)

select
    'family_context' as subject,
    count(*) as breaches
from expected
full join found
    on
        expected.child_id = found.child_id
        and expected.member_id = found.member_id
        and expected.service = found.service
where expected.times is distinct from 1 or found.times is distinct from 1
