-- Grain: one row per person in an occurrence and role.

with occurrence as (

    select * from {{ ref('stg_police__person_occurrence') }}

),

named as (

    select
        -- keys
        {{
            hash_key([
                "'police'",
                "source_occurrence_id",
                "coalesce(record_id, '')",
                "coalesce(role, '')",
            ])
        }} as spell_id,
        source_occurrence_id as source_spell_id,
        record_id,
        'police' as service,
        'police' as feed,

        -- what
        'offence' as involvement_type,
        role,
        offence_category as category,
        coalesce(occurred_on, recorded_on) as started_on,
        null::date as ended_on,
        -- an offence is a day, not a stretch of time
        true as is_closed,
        null::date as last_interaction_on,

        -- whom to call
        coalesce(organisation_name, force_code) as provider_name,
        team_name,
        worker_name as contact_name,
        worker_role as contact_role,
        worker_phone as contact_phone,
        worker_email as contact_email,

        -- for the service's own view
        force_code,

        -- audit
        delivery_id,
        'person_occurrence' as source_table,
        row_number
    from occurrence

)

select * from named
