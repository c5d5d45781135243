-- Grain: one row per adult whom a court or a service keeps from a child.
--
-- Where they live and how they are reached is told to nobody: the list of the child's family would
-- lead there.

with restricted as (

    select * from {{ ref('int_relationship__restricted') }}
    where is_contact_restricted

),

child as (

    select * from {{ ref('int_family__centred') }}

),

kept_away as (

    select distinct restricted.related_person_id as person_id
    from restricted
    inner join child on restricted.person_id = child.child_id
    left join child as minor on restricted.related_person_id = minor.child_id
    where minor.child_id is null

)

select * from kept_away
