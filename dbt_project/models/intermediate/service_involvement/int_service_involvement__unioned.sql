-- Grain: one row per spell of a service's involvement with a record, whether shown or not.

with spell as (

    {% for service in [
        'childrens_social_care',
        'early_help',
        'school',
        'adult_social_care',
        'housing',
        'anti_social_behaviour',
        'police',
    ] %}
        select
            spell_id,
            source_spell_id,
            record_id,
            service,
            feed,
            involvement_type,
            role,
            category,
            started_on,
            ended_on,
            is_closed,
            last_interaction_on,
            provider_name,
            team_name,
            contact_name,
            contact_role,
            contact_phone,
            contact_email,
            delivery_id,
            source_table,
            row_number
        from {{ ref('int_service_involvement__' ~ service) }}
        {{ "union all" if not loop.last }}  -- noqa: LT02
    {% endfor %}

),

-- sent twice with different content: the row that landed last counts
unique_spell as (

    select distinct on (spell_id) * from spell
    where spell_id is not null
    order by spell_id asc, delivery_id desc, source_table asc, row_number desc

),

team as (

    select
        feed,
        lower(team_name) as team_name
    from unique_spell
    where team_name is not null
    group by feed, lower(team_name)

),

tidied as (

    select
        unique_spell.spell_id,
        unique_spell.source_spell_id,
        unique_spell.record_id,
        unique_spell.service,
        unique_spell.feed,
        unique_spell.involvement_type,
        unique_spell.role,
        unique_spell.category,
        parse.believable_day(unique_spell.started_on) as started_on,
        -- an end before the start says that it is over, and not when
        case
            when unique_spell.ended_on < unique_spell.started_on then null
            else parse.believable_day(unique_spell.ended_on)
        end as ended_on,
        unique_spell.is_closed or coalesce(unique_spell.ended_on < {{ as_of_date() }}, false)
            as is_ended,
        case
            when unique_spell.last_interaction_on <= {{ as_of_date() }}
                then parse.believable_day(unique_spell.last_interaction_on)
        end as last_interaction_on,
        coalesce(
            unique_spell.provider_name,
            unique_spell.team_name,
            case when team.team_name is not null then unique_spell.contact_name end
        ) as provider_name,
        unique_spell.team_name,
        -- a team's name where the worker's should be is nobody to ask for
        case when team.team_name is null then unique_spell.contact_name end as contact_name,
        unique_spell.contact_role,
        unique_spell.contact_phone,
        unique_spell.contact_email,
        unique_spell.delivery_id,
        unique_spell.source_table,
        unique_spell.row_number
    from unique_spell
    left join team
        on
            unique_spell.feed = team.feed
            and lower(unique_spell.contact_name) = team.team_name

)

select * from tidied
