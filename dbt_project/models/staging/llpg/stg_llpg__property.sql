-- Grain: one row per property number, as the address register sends it.

with source as (

    select * from {{ source('llpg', 'property') }}

),

renamed as (

    select
        -- keys
        parse.uprn(uprn) as uprn,
        parse.uprn(parent_uprn) as parent_uprn,

        -- where
        parse.house_number(parse.clean(address_line)) as house_number,
        parse.unit(parse.clean(address_line)) as unit,
        parse.street(parse.clean(address_line)) as street,
        parse.postcode(postcode) as postcode,
        parse.clean(la_code_gss) as gss_code,

        -- what
        upper(parse.clean(class_code)) as class_code,
        lower(parse.clean(status)) as property_status,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
