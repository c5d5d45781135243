{{ config(meta={"dagster": {"ref": {"name": "family_context"}}}) }}

-- A spell of a member that may be shown is never lost on the way to the answer, whatever else is
-- wrong with its feed; and no other answer shows anything of a spell.

with answer as (

    select
        *,
        involvement_status in ('current', 'historic', 'known', 'yes') as is_found
    from {{ ref('family_context') }}

),

involvement as (

    select
        person_id,
        service,
        count(*) as spell_count,
        bool_or(involvement_status = 'current') as has_current
    from {{ ref('service_involvement') }}
    group by person_id, service

)

select
    answer.child_id,
    answer.member_id,
    answer.service
from answer
left join involvement
    on answer.member_id = involvement.person_id and answer.service = involvement.service
where
    answer.is_found <> (answer.spell_id is not null)
    or answer.is_found <> (involvement.person_id is not null)
    or answer.spell_count <> coalesce(involvement.spell_count, 0)
    or (involvement.has_current and answer.involvement_status <> 'current')
    or (
        not answer.is_found
        and num_nonnulls(
            answer.started_on, answer.ended_on, answer.last_interaction_on, answer.provider_name,
            answer.contact_name, answer.contact_role, answer.contact_phone, answer.contact_email
        ) > 0
    )
