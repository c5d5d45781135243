-- Grain: one row per episode of early help.

with episode as (

    select * from {{ ref('stg_childrens_social_care__early_help_episode') }}

),

professional as (

    select distinct on (worker_id) * from {{ ref('stg_childrens_social_care__professional') }}
    order by worker_id asc, delivery_id desc, row_number desc

),

joined as (

    select
        -- keys
        {{
            hash_key([
                "'early_help'",
                "episode.source_episode_id",
                "coalesce(episode.record_id, '')",
            ])
        }} as spell_id,
        episode.source_episode_id as source_spell_id,
        episode.record_id,
        'early_help' as service,
        'childrens_social_care' as feed,

        -- what
        'early_help_episode' as involvement_type,
        null::text as role,
        null::text as category,
        episode.started_on,
        episode.ended_on,
        false as is_closed,
        greatest(episode.started_on, episode.ended_on) as last_interaction_on,

        -- whom to call
        episode.organisation_name as provider_name,
        null::text as team_name,
        professional.worker_name as contact_name,
        professional.worker_role as contact_role,
        null::text as contact_phone,
        null::text as contact_email,

        -- audit
        episode.delivery_id,
        'early_help_episodes' as source_table,
        episode.row_number
    from episode
    left join professional on episode.worker_id = professional.worker_id

)

select * from joined
