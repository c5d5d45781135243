-- Grain: one row per allocation of an adult, and per event of the client level data.
--
-- Which of the two counts as involvement is the council's rule (service_list): the pilot counted
-- allocations, the design before it counted services.

with allocation as (

    select * from {{ ref('stg_adult_social_care__allocation') }}

),

cld as (

    select * from {{ ref('stg_adult_social_care__cld') }}

),

unioned as (

    select
        -- keys
        {{
            hash_key([
                "'adult_social_care'",
                "'allocation'",
                "record_id",
                "coalesce(referral_started_on::text, '')",
            ])
        }} as spell_id,
        record_id,

        -- what
        'allocation' as involvement_type,
        case
            when coalesce(worker_id, worker_name, team_id, team_name) is null then 'unallocated'
            else 'allocation'
        end as category,
        referral_started_on as started_on,
        referral_ended_on as ended_on,
        coalesce(last_case_note_on, greatest(referral_started_on, referral_ended_on))
            as last_interaction_on,
        last_case_note_on,

        -- whom to call
        organisation_name,
        team_name,
        worker_name,
        worker_role,
        worker_phone,
        worker_email,

        -- audit
        delivery_id,
        'allocation' as source_table,
        row_number
    from allocation
    union all
    select
        -- keys
        {{
            hash_key([
                "'adult_social_care'",
                "'cld'",
                "record_id",
                "coalesce(event_type, '')",
                "coalesce(event_started_on::text, '')",
                "coalesce(client_type, '')",
                "coalesce(route_of_access, '')",
                "coalesce(service_type, '')",
                "coalesce(service_component, '')",
            ])
        }} as spell_id,
        record_id,

        -- what
        coalesce(event_type, 'event') as involvement_type,
        event_type as category,
        event_started_on as started_on,
        event_ended_on as ended_on,
        greatest(event_started_on, event_ended_on) as last_interaction_on,
        null::date as last_case_note_on,

        -- whom to call
        null::text as organisation_name,
        null::text as team_name,
        null::text as worker_name,
        null::text as worker_role,
        null::text as worker_phone,
        null::text as worker_email,

        -- audit
        delivery_id,
        'cld' as source_table,
        row_number
    from cld

),

named as (

    select
        -- keys
        spell_id,
        spell_id as source_spell_id,
        record_id,
        'adult_social_care' as service,
        'adult_social_care' as feed,

        -- what
        involvement_type,
        null::text as role,
        category,
        started_on,
        ended_on,
        false as is_closed,
        last_interaction_on,

        -- whom to call
        coalesce(team_name, organisation_name) as provider_name,
        team_name,
        worker_name as contact_name,
        worker_role as contact_role,
        worker_phone as contact_phone,
        worker_email as contact_email,

        -- for the service's own view
        organisation_name,
        last_case_note_on,

        -- audit
        delivery_id,
        source_table,
        row_number
    from unioned

)

select * from named
