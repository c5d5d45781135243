-- Grain: one row per account and person liable on it.

with source as (

    select * from {{ source('council_tax_liability', 'liability') }}

),

renamed as (

    select
        -- keys
        parse.clean(account_ref) as source_account_id,
        {{ hash_key(["'council_tax_liability'", "parse.clean(person_ref)"]) }} as record_id,
        parse.clean(person_ref) as source_person_id,

        -- who
        parse.name(given_name) as given_name,
        parse.name(family_name) as family_name,

        -- where
        parse.clean(address_line_1) as address_line_1,
        parse.clean(address_line_2) as address_line_2,
        parse.clean(address_line_3) as address_line_3,
        parse.clean(address_line_4) as address_line_4,
        parse.clean(address_line_5) as address_line_5,
        parse.postcode(postcode) as postcode,
        parse.uprn(uprn) as uprn,
        lower(parse.clean(address_type)) as address_type,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,

        -- what
        lower(parse.clean(discount_type)) as discount_type,
        parse.try_known_date(
            liability_start,
            raw_council_tax_liability.date_formats('liability', 'liability_start')
        ) as started_on,
        parse.try_known_date(
            liability_end, raw_council_tax_liability.date_formats('liability', 'liability_end')
        ) as ended_on,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
