-- Grain: one row per tenancy.

with source as (

    select * from {{ source('housing', 'tenancy') }}

),

renamed as (

    select
        -- keys
        parse.clean(tenancy_ref) as source_tenancy_id,

        -- where
        parse.clean(address_line_1) as address_line_1,
        parse.clean(address_line_2) as address_line_2,
        parse.clean(address_line_3) as address_line_3,
        parse.clean(address_line_4) as address_line_4,
        parse.clean(address_line_5) as address_line_5,
        parse.postcode(postcode) as postcode,
        parse.uprn(uprn) as uprn,
        lower(parse.clean(address_type)) as address_type,
        parse.try_known_date(address_start, raw_housing.date_formats('tenancy', 'address_start'))
            as address_started_on,
        parse.try_known_date(address_end, raw_housing.date_formats('tenancy', 'address_end'))
            as address_ended_on,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,

        -- what
        upper(parse.clean(tenure_code)) as tenure_code,
        parse.clean(landlord_name) as landlord_name,
        parse.try_known_date(start_date, raw_housing.date_formats('tenancy', 'start_date'))
            as started_on,
        parse.try_known_date(end_date, raw_housing.date_formats('tenancy', 'end_date')) as ended_on,

        -- whom to call
        parse.clean(worker_id) as worker_id,
        parse.clean(worker_name) as worker_name,
        parse.clean(worker_role) as worker_role,
        parse.clean(team_id) as team_id,
        parse.clean(team_name) as team_name,
        parse.clean(organisation_name) as organisation_name,
        parse.email(worker_email) as worker_email,
        parse.telephone(worker_phone) as worker_phone,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
