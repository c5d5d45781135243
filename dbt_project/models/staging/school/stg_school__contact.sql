-- Grain: one row per contact of a pupil.

with source as (

    select * from {{ source('school', 'contact') }}

),

renamed as (

    select
        -- keys
        {{
            hash_key([
                "'school'",
                "'contact'",
                "parse.clean(source_pupil_id)",
                "parse.name(family_name)",
                "coalesce(parse.name(given_name), '')",
                "upper(parse.clean(relationship_code))",
            ])
        }} as record_id,
        {{ hash_key(["'school'", "parse.clean(source_pupil_id)"]) }} as pupil_record_id,
        parse.try_integer(contact_order) as contact_order,

        -- who
        parse.name(given_name) as given_name,
        parse.name(family_name) as family_name,
        parse.clean(title) as title,
        upper(parse.clean(sex)) as sex_code,
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
        parse.try_known_date(address_start, raw_school.date_formats('contact', 'address_start'))
            as address_started_on,
        parse.try_known_date(address_end, raw_school.date_formats('contact', 'address_end'))
            as address_ended_on,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,
        parse.try_boolean(address_as_pupil) as is_address_as_pupil,

        -- what
        upper(parse.clean(relationship_code)) as relationship_code,
        parse.try_boolean(has_parental_responsibility) as has_parental_responsibility,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
