-- Grain: one row per person in a case and role.

with source as (

    select * from {{ source('anti_social_behaviour', 'asb_person') }}

),

renamed as (

    select
        -- keys
        parse.clean(case_ref) as source_case_id,
        {{ hash_key(["'anti_social_behaviour'", "parse.clean(person_ref)"]) }} as record_id,
        parse.clean(person_ref) as source_person_id,

        -- who
        parse.name(given_name) as given_name,
        parse.name(family_name) as family_name,
        parse.name(middle_names) as middle_names,
        parse.name(preferred_name) as preferred_name,
        parse.name(alias_family_name) as alias_family_name,
        parse.clean(title) as title,
        parse.try_date(
            date_of_birth, raw_anti_social_behaviour.date_formats('asb_person', 'date_of_birth')
        ) as date_of_birth,
        parse.try_known_date(
            expected_date_of_birth,
            raw_anti_social_behaviour.date_formats('asb_person', 'expected_date_of_birth')
        ) as expected_date_of_birth,
        parse.try_known_date(
            date_of_death, raw_anti_social_behaviour.date_formats('asb_person', 'date_of_death')
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
            address_start, raw_anti_social_behaviour.date_formats('asb_person', 'address_start')
        ) as address_started_on,
        parse.try_known_date(
            address_end, raw_anti_social_behaviour.date_formats('asb_person', 'address_end')
        ) as address_ended_on,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,

        -- what
        lower(parse.clean(role)) as role,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
