-- Grain: one row per allocation of an adult to a worker or team.

with source as (

    select * from {{ source('adult_social_care', 'allocation') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'adult_social_care'", "parse.clean(source_person_id)"]) }} as record_id,

        -- what
        parse.try_known_date(
            referral_start, raw_adult_social_care.date_formats('allocation', 'referral_start')
        ) as referral_started_on,
        parse.try_known_date(
            referral_end, raw_adult_social_care.date_formats('allocation', 'referral_end')
        ) as referral_ended_on,
        parse.try_known_date(
            last_case_note_date,
            raw_adult_social_care.date_formats('allocation', 'last_case_note_date')
        ) as last_case_note_on,

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
