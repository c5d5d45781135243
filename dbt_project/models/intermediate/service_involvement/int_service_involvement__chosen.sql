-- Grain: one row per person and service: the spell to speak of first, of those that may be shown.

with judged as (

    select * from {{ ref('int_service_involvement__judged') }}
    where refusal is null

),

ranked as (

    select
        person_id,
        service,
        spell_id,
        count(*) over (partition by person_id, service) as spell_count,
        row_number() over (
            partition by person_id, service
            order by
                is_ended asc,
                started_on desc nulls last,
                last_interaction_on desc nulls last,
                spell_id asc
        ) as place
    from judged

),

chosen as (

    select
        person_id,
        service,
        spell_id,
        spell_count
    from ranked
    where place = 1

)

select * from chosen
