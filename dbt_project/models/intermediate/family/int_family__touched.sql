-- Grain: one row per person whose family, if they are a child, is made anew.
--
-- Of whom something else is told than when families were last made, and the children whose family
-- may reach them: by a tie, through whoever stands between, or in their home. A tie that has gone
-- was told of both its ends, and a home of all who lived there: where the old way to a child is
-- broken, one on the near side of the break is touched as well.

with told as not materialized (

    select * from {{ ref('int_family__told') }}

),

remembered as not materialized (

    select * from {{ ref('stg_resolution__told_person') }}

),

child as not materialized (

    select * from {{ ref('int_family__centred') }}

),

tie as not materialized (

    select * from {{ ref('int_relationship__mirrored') }}

),

home as not materialized (

    select * from {{ ref('int_family__housed') }}
    where not is_communal

),

changed as (

    select coalesce(told.person_id, remembered.person_id) as person_id
    from told
    full join remembered on told.person_id = remembered.person_id
    where told.person_id is null or told.family_hash is distinct from remembered.family_hash

),

-- who is tied to somebody of whom something else is told, or is that person
nearest as (

    select person_id from changed
    union all
    select tie.person_id from tie
    where tie.related_person_id in (select changed.person_id from changed)

),

changed_home as (

    select home.household_id from home
    where home.person_id in (select changed.person_id from changed)

),

reached as (

    select tie.person_id from tie
    where tie.related_person_id in (select nearest.person_id from nearest)
    union all
    select home.person_id from home
    where home.household_id in (select changed_home.household_id from changed_home)

),

person as (

    select person_id from changed
    union
    select child_id as person_id from child
    where child_id in (select reached.person_id from reached)

),

touched as (

    select
        person.person_id,
        child.child_id is not null as is_child,
        told.family_hash
    from person
    left join child on person.person_id = child.child_id
    left join told on person.person_id = told.person_id

)

select * from touched
