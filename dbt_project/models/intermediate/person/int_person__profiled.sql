-- Grain: one row per record, all that is compared when two records may be one person.
--
-- Beside each value stands how common it is: that two people share a rare name says more.
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

counted as not materialized (

    select * from {{ ref('int_person__counted') }}

),

contradicted as (

    select * from {{ ref('int_person__contradicted') }}

),

-- in any home of it
mistakable as (

    select
        record_id,
        bool_or(is_initial_shared) as is_initial_shared,
        bool_or(has_young_namesake) as has_young_namesake,
        max(grown_namesakes) as grown_namesakes,
        bool_or(is_perhaps_with_parent) as is_perhaps_with_parent
    from {{ ref('int_person__mistakable') }}
    group by record_id

),

profiled as (

    select
        comparable.*,
        coalesce(mistakable.is_initial_shared, false) as is_initial_shared,
        coalesce(mistakable.has_young_namesake, false) as has_young_namesake,
        coalesce(mistakable.grown_namesakes, 0) as grown_namesakes,
        coalesce(mistakable.is_perhaps_with_parent, false) as is_perhaps_with_parent,
        shared_birth.feed is not null as is_birth_shared,
        disputed.given_name is not null as is_number_disputed,
        given_name_share.frequency as tf_given_name,
        family_name_share.frequency as tf_family_name,
        date_of_birth_share.frequency as tf_date_of_birth,
        locality_share.frequency as tf_locality,
        telephone_share.frequency as tf_telephone,
        email_share.frequency as tf_email
    from comparable
    left join mistakable on comparable.record_id = mistakable.record_id
    left join contradicted as disputed
        on
            comparable.given_name = disputed.given_name
            and comparable.family_name = disputed.family_name
            and comparable.date_of_birth = disputed.date_of_birth
    left join contradicted as shared_birth
        on
            comparable.feed = shared_birth.feed
            and comparable.family_name = shared_birth.family_name
            and comparable.date_of_birth = shared_birth.date_of_birth
    left join counted as given_name_share
        on
            comparable.given_name = given_name_share.held_value
            and given_name_share.kind = 'given_name'
    left join counted as family_name_share
        on
            comparable.family_name = family_name_share.held_value
            and family_name_share.kind = 'family_name'
    left join counted as date_of_birth_share
        on
            comparable.birth_digits = date_of_birth_share.held_value
            and date_of_birth_share.kind = 'birth_digits'
    left join counted as locality_share
        on comparable.locality = locality_share.held_value and locality_share.kind = 'locality'
    left join counted as telephone_share
        on comparable.telephone = telephone_share.held_value and telephone_share.kind = 'telephone'
    left join counted as email_share
        on comparable.email = email_share.held_value and email_share.kind = 'email'

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
