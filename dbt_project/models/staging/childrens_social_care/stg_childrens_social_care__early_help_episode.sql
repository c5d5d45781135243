-- Grain: one row per episode of early help.

with source as (

    select * from {{ source('childrens_social_care', 'early_help_episodes') }}

),

renamed as (

    select
        -- keys
        parse.clean(earl_episode_id) as source_episode_id,
        {{ hash_key(["'childrens_social_care'", "parse.clean(earl_person_id)"]) }} as record_id,

        -- what
        parse.try_known_date(
            earl_episode_start_date,
            raw_childrens_social_care.date_formats('early_help_episodes', 'earl_episode_start_date')
        ) as started_on,
        parse.try_known_date(
            earl_episode_end_date,
            raw_childrens_social_care.date_formats('early_help_episodes', 'earl_episode_end_date')
        ) as ended_on,

        -- whom to call
        parse.clean(earl_episode_organisation) as organisation_name,
        parse.clean(earl_episode_worker_id) as worker_id,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
