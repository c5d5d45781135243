-- Grain: one row per person: where they live now, or why that is not told.
--
-- Of addresses that feeds state against one another each is named: which is right is to be asked.
-- Of whom lives outside the council's area the silence of its services says less. Where a home that
-- is not told may lie is not told either, but that only a neighbour knows the person.

with address as (

    select * from {{ ref('int_person_address__gathered') }}

),

person as (

    select * from {{ ref('int_person__described') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

kept_away as (

    select * from {{ ref('int_person__kept_away') }}

),

outlying as (

    select * from {{ ref('int_person__outlying') }}

),

protected as (

    select identified.person_id
    from {{ ref('int_address__standardised') }} as spell
    inner join identified on spell.record_id = identified.record_id
    where spell.is_protected_address
    group by identified.person_id

),

told as (

    select
        person_id,
        case
            when bool_or(is_disputed) then 'disputed'
            when bool_or(is_current) then 'current'
            else 'last_known'
        end as home_status,
        string_agg(address_text, ' or ' order by address_text asc, sources asc) as home_address,
        string_agg(sources, ' or ' order by address_text asc, sources asc) as home_sources,
        max(started_on) as home_since_on,
        max(last_known_on) as home_last_known_on,
        case
            when bool_and(is_in_area) then 'inside'
            when bool_and(not is_in_area) then 'outside'
        end as home_area
    from address
    where is_current or is_disputed or is_last_known
    group by person_id

),

summarised as (

    select
        person.person_id,
        case
            when kept_away.person_id is not null then 'withheld'
            when told.person_id is not null then told.home_status
            when protected.person_id is not null then 'withheld'
            else 'not_known'
        end as home_status,
        case when kept_away.person_id is null then told.home_address end as home_address,
        case when kept_away.person_id is null then told.home_sources end as home_sources,
        case when kept_away.person_id is null then told.home_since_on end as home_since_on,
        case when kept_away.person_id is null then told.home_last_known_on end
            as home_last_known_on,
        coalesce(
            case when kept_away.person_id is null then told.home_area end,
            case when outlying.person_id is not null then 'outside' end,
            'not_known'
        ) as home_area
    from person
    left join told on person.person_id = told.person_id
    left join kept_away on person.person_id = kept_away.person_id
    left join protected on person.person_id = protected.person_id
    left join outlying on person.person_id = outlying.person_id

)

select * from summarised
