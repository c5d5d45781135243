-- Grain: one row per person with a referral that may be shown.

with involvement as (

    select * from {{ ref('service_involvement') }}
    where service = 'childrens_social_care'

),

chosen as (

    select * from {{ ref('int_service_involvement__chosen') }}

),

spell as (

    select * from {{ ref('int_service_involvement__unioned') }}

),

counted as (

    select
        person_id,
        max(started_on) as latest_referral_on,
        count(*) filter (where involvement_status = 'current')::integer as open_episode_count
    from involvement
    group by person_id

),

joined as (

    select
        involvement.person_id,
        spell.team_name::varchar(255) as team_name,
        involvement.contact_name as worker_name,
        counted.latest_referral_on,
        counted.open_episode_count
    from involvement
    inner join chosen on involvement.spell_id = chosen.spell_id
    inner join spell on involvement.spell_id = spell.spell_id
    inner join counted on involvement.person_id = counted.person_id

)

select * from joined
