-- Grain: one row per person with an involvement of adult social care that may be shown.

with involvement as (

    select * from {{ ref('service_involvement') }}
    where service = 'adult_social_care'

),

chosen as (

    select * from {{ ref('int_service_involvement__chosen') }}

),

spell as (

    select * from {{ ref('int_service_involvement__adult_social_care') }}

),

joined as (

    select
        involvement.person_id,
        spell.organisation_name::varchar(255) as organisation_name,
        spell.team_name::varchar(255) as team_name,
        involvement.contact_name as worker_name,
        involvement.started_on as referral_started_on,
        -- the latest interaction is the case note, when there is one and its day can be
        case
            when spell.last_case_note_on is not null then involvement.last_interaction_on
        end as last_case_note_on
    from involvement
    inner join chosen on involvement.spell_id = chosen.spell_id
    inner join spell
        on
            involvement.spell_id = spell.spell_id
            and involvement.source_table = spell.source_table
            and involvement.delivery_id = spell.delivery_id
            and involvement.row_number = spell.row_number

)

select * from joined
