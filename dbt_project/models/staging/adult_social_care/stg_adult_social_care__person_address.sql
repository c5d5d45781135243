-- Grain: one row per address spell of an adult.

with source as (

    select * from {{ source('adult_social_care', 'person_address') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'adult_social_care'", "parse.clean(source_person_id)"]) }} as record_id,

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
            address_start, raw_adult_social_care.date_formats('person_address', 'address_start')
        ) as address_started_on,
        parse.try_known_date(
            address_end, raw_adult_social_care.date_formats('person_address', 'address_end')
        ) as address_ended_on,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
