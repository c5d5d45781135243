-- Grain: one row per enrolment of a pupil at a school.

with enrolment as (

    select * from {{ ref('stg_school__enrolment') }}

),

enrolment_status as (

    select * from {{ ref('enrolment_status') }}

),

joined as (

    select
        -- keys
        {{
            hash_key([
                "'school'",
                "enrolment.source_enrolment_id",
                "coalesce(enrolment.record_id, '')",
            ])
        }} as spell_id,
        enrolment.source_enrolment_id as source_spell_id,
        enrolment.record_id,
        'school' as service,
        'school' as feed,

        -- what
        'enrolment' as involvement_type,
        null::text as role,
        enrolment_status.admission_type as category,
        enrolment.entered_on as started_on,
        enrolment.left_on as ended_on,
        coalesce(enrolment_status.admission_type = 'historic', false) as is_closed,
        greatest(enrolment.entered_on, enrolment.left_on) as last_interaction_on,

        -- whom to call
        enrolment.school_name as provider_name,
        null::text as team_name,
        enrolment.safeguarding_lead_name as contact_name,
        case
            when
                coalesce(
                    enrolment.safeguarding_lead_name,
                    enrolment.safeguarding_lead_email,
                    enrolment.safeguarding_lead_phone
                ) is not null
                then 'Designated safeguarding lead'
        end as contact_role,
        coalesce(enrolment.safeguarding_lead_phone, enrolment.school_phone) as contact_phone,
        enrolment.safeguarding_lead_email as contact_email,

        -- for the school's own view
        enrolment.school_urn,
        enrolment_status.admission_type_label as admission_type,
        enrolment.year_group,
        enrolment.school_phone,
        enrolment.safeguarding_lead_name,
        enrolment.safeguarding_lead_email,
        enrolment.safeguarding_lead_phone,

        -- audit
        enrolment.delivery_id,
        'enrolment' as source_table,
        enrolment.row_number
    from enrolment
    -- some schools send the label instead of the code
    left join enrolment_status
        on
            enrolment.enrolment_status
            in (enrolment_status.enrolment_status, upper(enrolment_status.enrolment_status_label))

)

select * from joined
