-- Grain: one row per case of anti-social behaviour.

with source as (

    select * from {{ source('anti_social_behaviour', 'asb_case') }}

),

renamed as (

    select
        -- keys
        parse.clean(case_ref) as source_case_id,

        -- what
        parse.try_known_date(opened, raw_anti_social_behaviour.date_formats('asb_case', 'opened'))
            as opened_on,
        parse.try_known_date(closed, raw_anti_social_behaviour.date_formats('asb_case', 'closed'))
            as closed_on,
        lower(parse.clean(status)) as case_status,
        lower(parse.clean(category)) as category,
        parse.clean(lead_agency) as lead_agency,

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
