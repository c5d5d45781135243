-- Grain: one row per person with an enrolment that may be shown.

with involvement as (

    select * from {{ ref('service_involvement') }}
    where service = 'school'

),

chosen as (

    select * from {{ ref('int_service_involvement__chosen') }}

),

enrolment as (

    select * from {{ ref('int_service_involvement__school') }}

),

-- an enrolment sent twice is told by its row: the one that the spell was taken from
joined as (

    select
        involvement.person_id,
        enrolment.provider_name::varchar(255) as school_name,
        enrolment.school_urn::varchar(20) as school_urn,
        enrolment.admission_type::varchar(60) as admission_type,
        enrolment.year_group::varchar(20) as year_group,
        enrolment.school_phone::varchar(40) as school_phone,
        enrolment.safeguarding_lead_name::varchar(255) as safeguarding_lead_name,
        enrolment.safeguarding_lead_email::varchar(255) as safeguarding_lead_email,
        enrolment.safeguarding_lead_phone::varchar(40) as safeguarding_lead_phone
    from involvement
    inner join chosen on involvement.spell_id = chosen.spell_id
    inner join enrolment
        on
            involvement.spell_id = enrolment.spell_id
            and involvement.delivery_id = enrolment.delivery_id
            and involvement.row_number = enrolment.row_number

)

select * from joined
