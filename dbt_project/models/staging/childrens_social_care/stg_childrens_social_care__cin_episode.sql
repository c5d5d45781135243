-- Grain: one row per referral and the episode that followed.

with source as (

    select * from {{ source('childrens_social_care', 'cin_episodes') }}

),

renamed as (

    select
        -- keys
        parse.clean(cine_referral_id) as source_episode_id,
        {{ hash_key(["'childrens_social_care'", "parse.clean(cine_person_id)"]) }} as record_id,

        -- what
        parse.try_known_date(
            cine_referral_date,
            raw_childrens_social_care.date_formats('cin_episodes', 'cine_referral_date')
        ) as referred_on,
        parse.try_known_date(
            cine_close_date,
            raw_childrens_social_care.date_formats('cin_episodes', 'cine_close_date')
        ) as closed_on,
        parse.try_boolean(cine_referral_nfa) as is_no_further_action,

        -- whom to call
        parse.clean(cine_referral_team) as team_id,
        parse.clean(cine_referral_worker_id) as worker_id,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
