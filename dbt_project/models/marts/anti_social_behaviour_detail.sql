-- Grain: one row per person with a case of anti-social behaviour that may be shown.

with involvement as (

    select * from {{ ref('service_involvement') }}
    where service = 'anti_social_behaviour'

),

chosen as (

    select * from {{ ref('int_service_involvement__chosen') }}

),

spell as (

    select * from {{ ref('int_service_involvement__anti_social_behaviour') }}

),

counted as (

    select
        person_id,
        count(*) filter (where involvement_status = 'current')::integer as open_case_count,
        count(*) filter (where involvement_status = 'historic')::integer as closed_case_count,
        max(started_on) as latest_case_on
    from involvement
    group by person_id

),

joined as (

    select
        involvement.person_id,
        spell.lead_agency::varchar(255) as lead_agency,
        counted.open_case_count,
        counted.closed_case_count,
        counted.latest_case_on
    from involvement
    inner join chosen on involvement.spell_id = chosen.spell_id
    inner join spell
        on
            involvement.spell_id = spell.spell_id
            and involvement.delivery_id = spell.delivery_id
            and involvement.row_number = spell.row_number
    inner join counted on involvement.person_id = counted.person_id

)

select * from joined
