-- Grain: one row per person in an occurrence and role.

with source as (

    select * from {{ source('police', 'person_occurrence') }}

),

renamed as (

    select
        -- keys
        parse.clean(occurrence_ref) as source_occurrence_id,
        {{ hash_key(["'police'", "parse.clean(person_ref)"]) }} as record_id,
        parse.clean(person_ref) as source_person_id,

        -- who
        parse.name(given_name) as given_name,
        parse.name(family_name) as family_name,
        parse.name(middle_names) as middle_names,
        parse.name(preferred_name) as preferred_name,
        parse.name(alias_family_name) as alias_family_name,
        parse.clean(title) as title,
        parse.try_date(date_of_birth, raw_police.date_formats('person_occurrence', 'date_of_birth'))
            as date_of_birth,
        parse.try_known_date(
            expected_date_of_birth,
            raw_police.date_formats('person_occurrence', 'expected_date_of_birth')
        ) as expected_date_of_birth,
        parse.try_known_date(
            date_of_death, raw_police.date_formats('person_occurrence', 'date_of_death')
        ) as date_of_death,
        upper(parse.clean(sex)) as sex_code,
        upper(parse.clean(gender)) as gender_code,
        parse.nhs_number(nhs_number, true) as nhs_number,
        null::text as upn,
        parse.telephone(telephone) as telephone,
        parse.email(email) as email,

        -- where
        parse.clean(address_line_1) as address_line_1,
        parse.clean(address_line_2) as address_line_2,
        parse.clean(address_line_3) as address_line_3,
        parse.clean(address_line_4) as address_line_4,
        parse.clean(address_line_5) as address_line_5,
        parse.postcode(postcode) as postcode,
        parse.uprn(uprn) as uprn,
        lower(parse.clean(address_type)) as address_type,
        parse.try_known_date(
            address_start, raw_police.date_formats('person_occurrence', 'address_start')
        ) as address_started_on,
        parse.try_known_date(
            address_end, raw_police.date_formats('person_occurrence', 'address_end')
        ) as address_ended_on,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,

        -- what
        lower(parse.clean(role)) as role,
        parse.clean(force_code) as force_code,
        parse.offence_code(offence_code) as offence_code,
        lower(parse.clean(offence_category)) as offence_category,
        parse.try_known_date(
            occurrence_date, raw_police.date_formats('person_occurrence', 'occurrence_date')
        ) as occurred_on,
        parse.try_known_date(
            recorded_date, raw_police.date_formats('person_occurrence', 'recorded_date')
        ) as recorded_on,
        parse.clean(outcome_code) as outcome_code,

        -- whom to call
        parse.clean(worker_id) as worker_id,
        parse.clean(worker_name) as worker_name,
        parse.clean(worker_role) as worker_role,
        parse.clean(team_id) as team_id,
        parse.clean(team_name) as team_name,
        parse.clean(organisation_name) as organisation_name,
        parse.email(worker_email) as worker_email,
        parse.telephone(worker_phone) as worker_phone,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
