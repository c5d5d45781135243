-- Grain: one row per person in a case and role.

with person as (

    select * from {{ ref('stg_anti_social_behaviour__asb_person') }}

),

-- the same case may be sent twice, open and closed: the row that landed last counts
asb_case as (

    select distinct on (source_case_id) * from {{ ref('stg_anti_social_behaviour__asb_case') }}
    order by source_case_id asc, delivery_id desc, row_number desc

),

record_set_aside as (

    select * from {{ ref('stg_quarantine__record_set_aside') }}
    where feed = 'anti_social_behaviour'

),

joined as (

    select
        -- keys
        {{
            hash_key([
                "'anti_social_behaviour'",
                "person.source_case_id",
                "coalesce(person.record_id, '')",
                "coalesce(person.role, '')",
            ])
        }} as spell_id,
        person.source_case_id as source_spell_id,
        person.record_id,
        'anti_social_behaviour' as service,
        'anti_social_behaviour' as feed,

        -- what
        'case' as involvement_type,
        person.role,
        asb_case.category,
        asb_case.opened_on as started_on,
        asb_case.closed_on as ended_on,
        -- closed without a day, or of a case that has left the extract
        asb_case.source_case_id is null or coalesce(asb_case.case_status = 'closed', false)
            as is_closed,
        greatest(asb_case.opened_on, asb_case.closed_on) as last_interaction_on,

        -- whom to call
        coalesce(asb_case.lead_agency, asb_case.organisation_name) as provider_name,
        asb_case.team_name,
        asb_case.worker_name as contact_name,
        asb_case.worker_role as contact_role,
        asb_case.worker_phone as contact_phone,
        asb_case.worker_email as contact_email,

        -- for the service's own view
        asb_case.lead_agency,

        -- audit
        person.delivery_id,
        'asb_person' as source_table,
        person.row_number
    from person
    left join asb_case on person.source_case_id = asb_case.source_case_id
    left join record_set_aside on person.record_id = record_set_aside.record_id
    -- of a case that was set aside we do not know that it has ended
    where asb_case.source_case_id is not null or record_set_aside.record_id is null

)

select * from joined
