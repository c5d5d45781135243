-- Grain: one row per person and spell of a service's involvement with them, as far as it may be
-- shown.

with judged as (

    select * from {{ ref('int_service_involvement__judged') }}
    where refusal is null

),

spell as (

    select * from {{ ref('int_service_involvement__unioned') }}

),

exclusion as (

    select * from {{ ref('service_exclusion') }}

),

shown as (

    select
        judged.spell_id,
        judged.person_id,
        judged.record_id,
        judged.service::varchar(40) as service,
        spell.involvement_type::varchar(60) as involvement_type,
        judged.involvement_status::varchar(20) as involvement_status,
        judged.started_on,
        judged.ended_on,
        judged.last_interaction_on,
        spell.provider_name::varchar(255) as provider_name,
        spell.contact_name::varchar(255) as contact_name,
        spell.contact_role::varchar(255) as contact_role,
        spell.contact_phone::varchar(40) as contact_phone,
        spell.contact_email::varchar(255) as contact_email,
        spell.feed::varchar(40) as feed,
        spell.delivery_id,
        spell.source_table::varchar(60) as source_table,
        spell.row_number
    from judged
    inner join spell on judged.spell_id = spell.spell_id
    left join exclusion
        on judged.person_id = exclusion.person_id and judged.service = exclusion.service
    where exclusion.person_id is null

)

select * from shown
