-- Grain: one row per relationship that a neighbouring council states between two people.

with source as (

    select * from {{ source('neighbouring_council', 'relationship') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'neighbouring_council'", "parse.clean(person_id)"]) }} as record_id,
        {{ hash_key(["'neighbouring_council'", "parse.clean(related_person_id)"]) }}
            as related_record_id,

        -- what
        upper(parse.clean(relationship_code)) as relationship_code,
        parse.try_known_date(
            start_date, raw_neighbouring_council.date_formats('relationship', 'start_date')
        ) as started_on,
        parse.try_known_date(
            end_date, raw_neighbouring_council.date_formats('relationship', 'end_date')
        ) as ended_on,
        parse.try_boolean(parental_responsibility) as has_parental_responsibility,
        -- a mark that cannot be read restricts
        case
            when parse.clean(contact_restricted) is not null
                then coalesce(parse.try_boolean(contact_restricted), true)
        end as is_contact_restricted,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
