-- Grain: one row per record, all that is compared when two records may be one person.
--
-- Beside each value stands how common it is: that two people share a rare name says more. It is
-- told to half a bit, so that it seldom changes from night to night.
-- noqa: disable=AM04

-- read where they stand, and not copied first: there are many of them
with comparable as not materialized (

    select * from {{ ref('int_person__comparable') }}

),

parameter as (

    select max(value) as largest_block
    from {{ ref('matching_parameter') }}
    where
        parameter = 'largest_block'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

given_name_share as (

    select
        given_name,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from comparable
    where given_name is not null
    group by given_name

),

family_name_share as (

    select
        family_name,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from comparable
    where family_name is not null
    group by family_name

),

date_of_birth_share as (

    select
        date_of_birth,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from comparable
    where date_of_birth is not null
    group by date_of_birth

),

locality_share as (

    select
        locality,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from comparable
    where locality is not null
    group by locality

),

telephone_share as (

    select
        telephone,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from comparable
    where telephone is not null
    group by telephone

),

email_share as (

    select
        email,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from comparable
    where email is not null
    group by email

),

-- two numbers on one name and birth date: one of them is somebody else's, or there are two
disputed as (

    select
        given_name,
        family_name,
        date_of_birth
    from comparable
    where coalesce(nhs_number, upn) is not null
    group by given_name, family_name, date_of_birth
    having min(nhs_number) <> max(nhs_number) or min(upn) <> max(upn)

),

-- a feed that holds two given names under one family name and birth date may hold twins
shared_birth as (

    select
        feed,
        family_name,
        date_of_birth
    from comparable
    group by feed, family_name, date_of_birth
    having min(given_name) <> max(given_name)

),

profiled as (

    select
        comparable.*,
        coalesce(mistakable.is_initial_shared, false) as is_initial_shared,
        coalesce(mistakable.has_young_namesake, false) as has_young_namesake,
        coalesce(mistakable.grown_namesakes, 0) as grown_namesakes,
        shared_birth.feed is not null as is_birth_shared,
        disputed.given_name is not null as is_number_disputed,
        given_name_share.frequency as tf_given_name,
        family_name_share.frequency as tf_family_name,
        date_of_birth_share.frequency as tf_date_of_birth,
        locality_share.frequency as tf_locality,
        telephone_share.frequency as tf_telephone,
        email_share.frequency as tf_email
    from comparable
    left join {{ ref('int_person__mistakable') }} as mistakable
        on comparable.record_id = mistakable.record_id
    left join disputed
        on
            comparable.given_name = disputed.given_name
            and comparable.family_name = disputed.family_name
            and comparable.date_of_birth = disputed.date_of_birth
    left join shared_birth
        on
            comparable.feed = shared_birth.feed
            and comparable.family_name = shared_birth.family_name
            and comparable.date_of_birth = shared_birth.date_of_birth
    left join given_name_share on comparable.given_name = given_name_share.given_name
    left join family_name_share on comparable.family_name = family_name_share.family_name
    left join date_of_birth_share on comparable.date_of_birth = date_of_birth_share.date_of_birth
    left join locality_share on comparable.locality = locality_share.locality
    left join telephone_share on comparable.telephone = telephone_share.telephone
    left join email_share on comparable.email = email_share.email

),

-- all that the pairs of a record depend on: what it holds, and how it is compared
hashed as (

    select
        profiled.*,
        hash_record_extended(
            row(profiled.*, (select parameter.largest_block from parameter)),
            {{
                rules_of([
                    'int_person__keyed', 'int_person__renewed', 'int_person__blocked',
                    'int_person__paired', 'int_person__scored',
                ])
            }}
        ) as match_hash
    from profiled

)

select * from hashed
