-- Grain: one row per event of an adult in the client level data.

with source as (

    select * from {{ source('adult_social_care', 'cld') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'adult_social_care'", "parse.clean(la_person_id)"]) }} as record_id,
        parse.clean(la_person_id) as source_person_id,
        {{ hash_key(["'adult_social_care'", "parse.clean(linked_person_id_1)"]) }}
            as linked_record_id_1,
        {{ hash_key(["'adult_social_care'", "parse.clean(linked_person_id_2)"]) }}
            as linked_record_id_2,
        {{ hash_key(["'adult_social_care'", "parse.clean(linked_person_id_3)"]) }}
            as linked_record_id_3,

        -- who
        parse.name(first_name) as given_name,
        parse.name(last_name) as family_name,
        null::text as middle_names,
        null::text as preferred_name,
        null::text as alias_family_name,
        null::text as title,
        parse.try_date(date_of_birth, raw_adult_social_care.date_formats('cld', 'date_of_birth'))
            as date_of_birth,
        null::date as expected_date_of_birth,
        parse.try_known_date(
            date_of_death, raw_adult_social_care.date_formats('cld', 'date_of_death')
        ) as date_of_death,
        null::text as sex_code,
        upper(parse.clean(gender)) as gender_code,
        parse.nhs_number(nhs_number, true) as nhs_number,
        null::text as upn,
        null::text as telephone,
        null::text as email,

        -- where
        parse.postcode(postcode) as postcode,
        parse.is_protected_address(accommodation_status, null, postcode) as is_protected_address,

        -- what
        regexp_replace(lower(parse.clean(client_type)), '\s*[-:]\s+', ': ') as client_type,
        regexp_replace(lower(parse.clean(event_type)), '\s*[-:]\s+', ': ') as event_type,
        parse.try_known_date(
            event_start_date, raw_adult_social_care.date_formats('cld', 'event_start_date')
        ) as event_started_on,
        parse.try_known_date(
            event_end_date, raw_adult_social_care.date_formats('cld', 'event_end_date')
        ) as event_ended_on,
        regexp_replace(lower(parse.clean(event_outcome)), '\s*[-:]\s+', ': ') as event_outcome,
        regexp_replace(lower(parse.clean(route_of_access)), '\s*[-:]\s+', ': ') as route_of_access,
        regexp_replace(lower(parse.clean(service_type)), '\s*[-:]\s+', ': ') as service_type,
        regexp_replace(lower(parse.clean(service_component)), '\s*[-:]\s+', ': ')
            as service_component,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
