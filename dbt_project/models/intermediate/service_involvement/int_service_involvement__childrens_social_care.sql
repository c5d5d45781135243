-- Grain: one row per referral of a child and the episode that followed.

with episode as (

    select
        *,
        {{
            hash_key([
                "'childrens_social_care'",
                "source_episode_id",
                "coalesce(record_id, '')",
            ])
        }} as spell_id
    from {{ ref('stg_childrens_social_care__cin_episode') }}

),

allocated_role as (

    select value as role_code from {{ ref('int_service_list__dated') }}
    where service = 'childrens_social_care' and list_name = 'allocated_role'

),

allocation as (

    select involvement.*
    from {{ ref('stg_childrens_social_care__involvement') }} as involvement
    inner join allocated_role on involvement.role_code = allocated_role.role_code
    where involvement.started_on is null or involvement.started_on <= {{ as_of_date() }}

),

professional as (

    select distinct on (worker_id) * from {{ ref('stg_childrens_social_care__professional') }}
    order by worker_id asc, delivery_id desc, row_number desc

),

team as (

    select distinct on (team_id) * from {{ ref('stg_childrens_social_care__department') }}
    order by team_id asc, delivery_id desc, row_number desc

),

-- an allocation that names no episode is to the child, whatever the episode
allocated as (

    select
        episode.spell_id,
        allocation.source_involvement_id,
        allocation.worker_id,
        allocation.team_id,
        allocation.started_on,
        allocation.ended_on
    from episode
    inner join allocation
        on
            episode.source_episode_id = allocation.source_episode_id
            and episode.record_id = allocation.record_id
    union all
    select
        episode.spell_id,
        allocation.source_involvement_id,
        allocation.worker_id,
        allocation.team_id,
        allocation.started_on,
        allocation.ended_on
    from episode
    inner join allocation on episode.record_id = allocation.record_id
    where
        allocation.source_episode_id is null
        and (episode.closed_on is null or episode.closed_on >= allocation.started_on)
        and (allocation.ended_on is null or allocation.ended_on >= episode.referred_on)

),

-- whom to call: the worker allocated now, else the last one; several may be open at once
worker as (

    select distinct on (spell_id) * from allocated
    order by
        spell_id asc,
        coalesce(ended_on >= {{ as_of_date() }}, true) desc,
        started_on desc nulls last,
        worker_id asc nulls last,
        source_involvement_id asc

),

seen as (

    select
        spell_id,
        max(greatest(started_on, case when ended_on <= {{ as_of_date() }} then ended_on end))
            as last_seen_on
    from allocated
    group by spell_id

),

joined as (

    select
        -- keys
        episode.spell_id,
        episode.source_episode_id as source_spell_id,
        episode.record_id,
        'childrens_social_care' as service,
        'childrens_social_care' as feed,

        -- what
        'referral' as involvement_type,
        null::text as role,
        case when episode.is_no_further_action then 'no_further_action' else 'referral' end
            as category,
        episode.referred_on as started_on,
        episode.closed_on as ended_on,
        false as is_closed,
        greatest(episode.referred_on, episode.closed_on, seen.last_seen_on) as last_interaction_on,

        -- whom to call
        null::text as provider_name,
        -- the number of a team is sometimes its name; a number alone tells nobody anything
        coalesce(
            allocated_team.team_name,
            substring(worker.team_id from '^.*\s.*$'),
            episode_team.team_name,
            substring(episode.team_id from '^.*\s.*$')
        ) as team_name,
        professional.worker_name as contact_name,
        professional.worker_role as contact_role,
        null::text as contact_phone,
        null::text as contact_email,

        -- audit
        episode.delivery_id,
        'cin_episodes' as source_table,
        episode.row_number
    from episode
    left join worker on episode.spell_id = worker.spell_id
    left join seen on episode.spell_id = seen.spell_id
    left join professional on coalesce(worker.worker_id, episode.worker_id) = professional.worker_id
    left join team as allocated_team on worker.team_id = allocated_team.team_id
    left join team as episode_team on episode.team_id = episode_team.team_id

)

select * from joined
