-- Grain: one row per ordered pair of persons of whom a source says whether contact is restricted.
--
-- A warning outlives the tie that it stands on: neither an end of the tie, nor a fault in its code,
-- nor a worker's word that the two are no family takes it away. Only the source does; one row of it
-- that says so is enough.

with stated as (

    select
        record_id,
        related_record_id,
        is_contact_restricted
    from {{ ref('stg_childrens_social_care__relationship') }}
    where is_contact_restricted is not null
    union all
    select
        record_id,
        related_record_id,
        is_contact_restricted
    from {{ ref('stg_neighbouring_council__relationship') }}
    where is_contact_restricted is not null

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

recognised as (

    select * from {{ ref('int_relationship__recognised') }}

),

person as (

    select
        identified.record_id,
        coalesce(recognised.person_id, identified.person_id) as person_id
    from identified
    left join recognised on identified.person_id = recognised.contact_person_id
    -- few of all records
    where
        identified.record_id in (
            select stated.record_id from stated
            union
            select stated.related_record_id from stated
        )

),

pair as (

    select
        person.person_id,
        related.person_id as related_person_id,
        stated.is_contact_restricted
    from stated
    inner join person on stated.record_id = person.record_id
    inner join person as related on stated.related_record_id = related.record_id
    where person.person_id <> related.person_id

),

both_sides as (

    select * from pair
    union all
    select
        related_person_id as person_id,
        person_id as related_person_id,
        is_contact_restricted
    from pair

),

restricted as (

    select
        person_id,
        related_person_id,
        bool_or(is_contact_restricted) as is_contact_restricted
    from both_sides
    group by person_id, related_person_id

)

select * from restricted
