-- Grain: one row per allocation of a worker to a child.

with source as (

    select * from {{ source('childrens_social_care', 'involvements') }}

),

renamed as (

    select
        -- keys
        parse.clean(invo_involvements_id) as source_involvement_id,
        {{ hash_key(["'childrens_social_care'", "parse.clean(invo_person_id)"]) }} as record_id,
        parse.clean(invo_referral_id) as source_episode_id,

        -- what
        upper(parse.clean(invo_professional_role_id)) as role_code,
        parse.try_known_date(
            invo_involvement_start_date,
            raw_childrens_social_care.date_formats('involvements', 'invo_involvement_start_date')
        ) as started_on,
        parse.try_known_date(
            invo_involvement_end_date,
            raw_childrens_social_care.date_formats('involvements', 'invo_involvement_end_date')
        ) as ended_on,

        -- whom to call
        parse.clean(invo_professional_id) as worker_id,
        parse.clean(invo_professional_team) as team_id,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
