-- Grain: one row per person.

with described as (

    select * from {{ ref('int_person__described') }}

),

person as (

    select
        person_id::bigint as person_id,
        person_id::varchar(20) as person_ref,
        left(given_name, 100)::varchar(100) as given_name,
        left(family_name, 255)::varchar(255) as family_name,
        date_of_birth,
        case when date_of_birth is null then expected_date_of_birth end as expected_date_of_birth,
        date_of_death,
        coalesce(sex, 'unknown')::varchar(20) as sex,
        coalesce(gender, 'unknown')::varchar(20) as gender,
        (case when has_given_name then 'No' else 'Yes' end)::varchar(7) as is_name_placeholder,
        (case when is_matchable then 'Yes' else 'No' end)::varchar(7) as is_matchable,
        (case when not is_matchable then not_matchable_reason end)::varchar(40)
            as not_matchable_reason,
        -- nothing is known of the address of a person without one
        (
            case
                when is_protected_address is null then 'Unknown'
                when is_protected_address then 'Yes'
                else 'No'
            end
        )::varchar(7) as is_address_protected,
        record_count::integer as record_count,
        feed_count::integer as feed_count
    from described

)

select * from person
