-- Grain: one row per event on a tenancy.

with source as (

    select * from {{ source('housing', 'event') }}

),

renamed as (

    select
        -- keys
        parse.clean(event_id) as source_event_id,
        parse.clean(tenancy_ref) as source_tenancy_id,
        {{ hash_key(["'housing'", "parse.clean(person_ref)"]) }} as record_id,

        -- what
        lower(parse.clean(event_type)) as event_type,
        parse.try_known_date(opened, raw_housing.date_formats('event', 'opened')) as opened_on,
        parse.try_known_date(closed, raw_housing.date_formats('event', 'closed')) as closed_on,
        lower(parse.clean(status)) as event_status,
        parse.try_numeric(balance) as balance,
        parse.try_numeric(weekly_rent) as weekly_rent,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
