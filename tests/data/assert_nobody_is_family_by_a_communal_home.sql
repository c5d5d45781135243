{{ config(meta={"dagster": {"ref": {"name": "family_member"}}}) }}

-- Strangers who share a hostel, a children's home or a shared house are no household. Whoever is a
-- household member and nothing else lives with the child now, in a private home. Stays are asked,
-- and not household_member: that keeps silent of an adult who is kept from another child.

with home as (

    select
        stay.person_id,
        stay.household_id
    from {{ ref('int_household__stayed') }} as stay
    inner join {{ ref('household') }} as household
        on stay.household_id = household.household_id
    where stay.is_current and household.household_type = 'private'

)

select
    family_member.child_id,
    family_member.member_id
from {{ ref('family_member') }} as family_member
left join home as child_home on family_member.child_id = child_home.person_id
left join home as member_home
    on
        family_member.member_id = member_home.person_id
        and child_home.household_id = member_home.household_id
where
    family_member.relationship_group = 'household_member'
    and member_home.person_id is null
