-- Grain: one row per person whom a neighbouring council holds.

with source as (

    select * from {{ source('neighbouring_council', 'person') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'neighbouring_council'", "parse.clean(source_person_id)"]) }} as record_id,
        parse.clean(source_person_id) as source_person_id,
        left(parse.clean(source_person_id), 9) as gss_code,

        -- who
        parse.name(given_name) as given_name,
        parse.name(family_name) as family_name,
        parse.name(middle_names) as middle_names,
        parse.name(preferred_name) as preferred_name,
        parse.name(alias_family_name) as alias_family_name,
        null::text as title,
        parse.try_date(
            date_of_birth, raw_neighbouring_council.date_formats('person', 'date_of_birth')
        ) as date_of_birth,
        parse.try_known_date(
            expected_date_of_birth,
            raw_neighbouring_council.date_formats('person', 'expected_date_of_birth')
        ) as expected_date_of_birth,
        parse.try_known_date(
            date_of_death, raw_neighbouring_council.date_formats('person', 'date_of_death')
        ) as date_of_death,
        upper(parse.clean(sex)) as sex_code,
        null::text as gender_code,
        parse.nhs_number(nhs_number, true) as nhs_number,
        parse.upn(upn) as upn,
        parse.telephone(telephone) as telephone,
        null::text as email,

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
            address_start, raw_neighbouring_council.date_formats('person', 'address_start')
        ) as address_started_on,
        parse.try_known_date(
            address_end, raw_neighbouring_council.date_formats('person', 'address_end')
        ) as address_ended_on,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,

        -- when
        parse.try_known_date(
            last_seen_on, raw_neighbouring_council.date_formats('person', 'last_seen_on')
        ) as last_seen_on,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
