-- Grain: one row per adult whom a court or a service keeps from a child, or who may be such a one.
--
-- Where they live and how they are reached is told to nobody: the list of the child's family would
-- lead there. So would that of somebody who may be the same person.

with restricted as (

    select * from {{ ref('int_relationship__restricted') }}
    where is_contact_restricted

),

child as (

    select * from {{ ref('int_family__centred') }}

),

adult as (

    select distinct restricted.related_person_id as person_id
    from restricted
    inner join child on restricted.person_id = child.child_id
    left join child as minor on restricted.related_person_id = minor.child_id
    where minor.child_id is null

),

kept_away as (

    select person_id from adult
    union
    select likened.other_person_id as person_id
    from adult
    inner join {{ ref('int_person__likened') }} as likened on adult.person_id = likened.person_id
    left join child as minor on likened.other_person_id = minor.child_id
    where minor.child_id is null

)

select * from kept_away
