{{ config(meta={"dagster": {"ref": {"name": "family_member"}}}) }}

-- Strangers who share a hostel, a children's home or a shared house are no household. Whoever is a
-- household member and nothing else lives with the child now, in a private home.

with home as (

    select
        household_member.person_id,
        household_member.household_id
    from {{ ref('household_member') }} as household_member
    inner join {{ ref('household') }} as household
        on household_member.household_id = household.household_id
    where household_member.is_current = 'Yes' and household.household_type = 'private'

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
