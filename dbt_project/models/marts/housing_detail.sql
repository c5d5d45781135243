-- Grain: one row per person with a tenancy that may be shown.
--
-- What happened on a tenancy concerns everyone who was in it then. Anti-social behaviour concerns
-- the person whom the event names, and the household only where it names nobody.

with involvement as (

    select * from {{ ref('service_involvement') }}
    where service = 'housing'

),

chosen as (

    select * from {{ ref('int_service_involvement__chosen') }}

),

-- of a spell sent twice the row that landed last, as everywhere
spell as (

    select distinct on (spell_id) * from {{ ref('int_service_involvement__housing') }}
    order by spell_id asc, delivery_id desc, row_number desc

),

event as (

    select * from {{ ref('int_housing_event__scoped') }}

),

coverage as (

    select * from {{ ref('service_coverage') }}
    where service = 'housing'

),

set_aside as (

    select * from {{ ref('int_person__set_aside') }}
    where feed = 'housing'

),

missing as (

    select * from {{ ref('int_service_table__missing') }}
    where service = 'housing'

),

tenancy as (

    select
        involvement.spell_id,
        involvement.person_id,
        involvement.record_id,
        involvement.started_on,
        involvement.ended_on,
        involvement.contact_name,
        involvement.contact_phone,
        involvement.contact_email,
        spell.source_spell_id as source_tenancy_id,
        spell.landlord_name,
        spell.tenure
    from involvement
    inner join spell on involvement.spell_id = spell.spell_id

),

concerned as (

    select
        tenancy.person_id,
        event.event_type,
        event.event_status
    from tenancy
    inner join event on tenancy.source_tenancy_id = event.source_tenancy_id
    where
        (
            event.event_type <> 'asb'
            or event.record_id is null
            or event.record_id = tenancy.record_id
        )
        and (tenancy.ended_on is null or event.opened_on <= tenancy.ended_on)
        and (
            event.event_status <> 'Case closed'
            or tenancy.started_on is null
            or event.opened_on >= tenancy.started_on
        )
    union all
    select
        tenancy.person_id,
        event.event_type,
        event.event_status
    from tenancy
    inner join event on tenancy.record_id = event.record_id
    where event.source_tenancy_id is null

),

-- of several the one that asks for most attention
foremost as (

    select distinct on (person_id, event_type)
        person_id,
        event_type,
        event_status
    from concerned
    order by
        person_id asc,
        event_type asc,
        array_position(array['Case open', 'Unknown', 'Case closed'], event_status) asc

),

pivoted as (

    select
        person_id,
        max(event_status) filter (where event_type = 'rent_arrears') as rent_arrears,
        max(event_status) filter (where event_type = 'nsp') as notice_seeking_possession,
        max(event_status) filter (where event_type = 'eviction') as eviction,
        max(event_status) filter (where event_type = 'asb') as anti_social_behaviour
    from foremost
    group by person_id

),

answering as (

    select tenancy.* from tenancy
    inner join chosen on tenancy.spell_id = chosen.spell_id

),

-- that there is none can be said only of a feed that is up to date and came with its events, and of
-- a person of whom it sent no row that was set aside
searched as (

    select
        answering.*,
        case
            when
                coverage.is_out_of_date = 'No'
                and set_aside.person_id is null
                and not exists (select from missing)
                then 'No records found'
            else 'Unknown'
        end as event_status
    from answering
    cross join coverage
    left join set_aside on answering.person_id = set_aside.person_id

),

joined as (

    select
        searched.person_id,
        searched.landlord_name::varchar(255) as landlord_name,
        searched.tenure::varchar(100) as tenure,
        searched.started_on as tenancy_started_on,
        searched.ended_on as tenancy_ended_on,
        searched.contact_name as housing_officer_name,
        searched.contact_phone as housing_officer_phone,
        searched.contact_email as housing_officer_email,
        coalesce(pivoted.rent_arrears, searched.event_status)::varchar(20) as rent_arrears,
        coalesce(pivoted.notice_seeking_possession, searched.event_status)::varchar(20)
            as notice_seeking_possession,
        coalesce(pivoted.eviction, searched.event_status)::varchar(20) as eviction,
        coalesce(pivoted.anti_social_behaviour, searched.event_status)::varchar(20)
            as anti_social_behaviour
    from searched
    left join pivoted on searched.person_id = pivoted.person_id

)

select * from joined
