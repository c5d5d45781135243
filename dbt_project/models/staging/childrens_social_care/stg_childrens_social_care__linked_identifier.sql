-- Grain: one row per further number of a child.

with source as (

    select * from {{ source('childrens_social_care', 'linked_identifiers') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'childrens_social_care'", "parse.clean(link_person_id)"]) }} as record_id,

        -- who
        lower(parse.clean(link_identifier_type)) as identifier_type,
        case
            when lower(parse.clean(link_identifier_type)) = 'nhs number'
                then parse.nhs_number(link_identifier_value, true)
        end as nhs_number,
        case
            when
                lower(parse.clean(link_identifier_type))
                in ('unique pupil number', 'former unique pupil number')
                then parse.upn(link_identifier_value)
        end as upn,

        -- what
        parse.try_known_date(
            link_valid_from_date,
            raw_childrens_social_care.date_formats('linked_identifiers', 'link_valid_from_date')
        ) as valid_from_on,
        parse.try_known_date(
            link_valid_to_date,
            raw_childrens_social_care.date_formats('linked_identifiers', 'link_valid_to_date')
        ) as valid_to_on,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
