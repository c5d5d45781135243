-- Grain: one row per event on a tenancy that the council's rules let show.
--
-- Arrears are shown while they are open and above so many weeks of rent. Where balance or rent is
-- not known nobody can say whether they are, which is not the same as none.

with event as (

    select * from {{ ref('stg_housing__event') }}
    where opened_on <= {{ as_of_date() }}

),

parameter as (

    select * from {{ ref('int_service_parameter__dated') }}
    where service = 'housing'

),

threshold as (

    select
        max(value) filter (where parameter = 'rent_arrears_above') as rent_arrears_above,
        max(value) filter (where parameter = 'notice_seeking_possession_lookback')
            as notice_months,
        max(value) filter (where parameter = 'eviction_lookback') as eviction_months,
        max(value) filter (where parameter = 'anti_social_behaviour_since')
            as anti_social_behaviour_since
    from parameter

),

compared as (

    select
        event.source_event_id,
        event.source_tenancy_id,
        event.record_id,
        event.event_type,
        coalesce(event.closed_on <= {{ as_of_date() }}, false)
        or coalesce(event.event_status = 'closed', false) as is_closed,
        event.balance > threshold.rent_arrears_above * event.weekly_rent as is_above,
        case event.event_type
            when 'nsp'
                then ({{ as_of_date() }} - make_interval(months => threshold.notice_months))::date
            when 'eviction'
                then
                    ({{ as_of_date() }} - make_interval(months => threshold.eviction_months))::date
            when 'asb' then make_date(threshold.anti_social_behaviour_since, 1, 1)
        end as window_starts_on,
        event.opened_on
    from event
    cross join threshold

),

scoped as (

    select
        source_event_id,
        source_tenancy_id,
        record_id,
        event_type,
        opened_on,
        case
            when event_type = 'rent_arrears' and is_above is null then 'Unknown'
            when is_closed then 'Case closed'
            else 'Case open'
        end as event_status
    from compared
    where
        (event_type = 'rent_arrears' and not is_closed and is_above is not false)
        or opened_on >= window_starts_on

)

select * from scoped
