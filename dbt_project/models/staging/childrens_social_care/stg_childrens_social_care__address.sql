-- Grain: one row per address spell of a child.
--
-- The address is an object that some systems join together from text, so a quote in a street breaks
-- it. A broken one keeps its postcode and dates and loses its lines.

with source as (

    select * from {{ source('childrens_social_care', 'address') }}

),

opened as (

    select
        *,
        parse.try_jsonb(addr_address_json) as address
    from source

),

renamed as (

    select
        -- keys
        parse.clean(addr_table_id) as source_address_id,
        {{ hash_key(["'childrens_social_care'", "parse.clean(addr_person_id)"]) }} as record_id,

        -- where
        nullif(
            concat_ws(
                ', ',
                -- a bare number or letter says nothing without its word
                regexp_replace(
                    parse.clean(address ->> 'ROOM'), '^(\d{1,4}\s?[A-Z]?|[A-Z])$', 'Room \1', 'i'
                ),
                regexp_replace(
                    parse.clean(address ->> 'FLOOR'), '^(\d{1,2}|[A-Z])$', 'Floor \1', 'i'
                ),
                regexp_replace(
                    parse.clean(address ->> 'FLAT'), '^(\d{1,4}\s?[A-Z]?|[A-Z])$', 'Flat \1', 'i'
                ),
                parse.clean(address ->> 'BUILDING')
            ),
            ''
        ) as address_line_1,
        nullif(
            concat_ws(' ', parse.clean(address ->> 'HOUSE'), parse.clean(address ->> 'STREET')), ''
        ) as address_line_2,
        parse.clean(address ->> 'TOWN') as address_line_3,
        null::text as address_line_4,
        null::text as address_line_5,
        parse.postcode(addr_address_postcode) as postcode,
        parse.uprn(address ->> 'UPRN') as uprn,
        lower(parse.clean(addr_address_type)) as address_type,
        parse.try_known_date(
            addr_address_start_date,
            raw_childrens_social_care.date_formats('address', 'addr_address_start_date')
        ) as address_started_on,
        parse.try_known_date(
            addr_address_end_date,
            raw_childrens_social_care.date_formats('address', 'addr_address_end_date')
        ) as address_ended_on,
        parse.is_protected_address(addr_address_type, null, addr_address_postcode)
            as is_protected_address,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from opened

)

select * from renamed
