-- Grain: one row per record of which an address is known: where it lives or lived, to be compared.
--
-- A place where many live is no evidence and is left out, and so is every protected one. Several
-- values of one kind stand in one text, with | between them.

-- read where they stand, and not copied first: there are many of them
with record as not materialized (

    select * from {{ ref('int_person__standardised') }}
    where not is_set_aside

),

address as not materialized (

    select * from {{ ref('int_address__standardised') }}

),

located as not materialized (

    select * from {{ ref('int_person__located') }}

),

parameter as (

    select max(value) as largest_home
    from {{ ref('matching_parameter') }}
    where
        parameter = 'largest_home'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

home as (

    select located.home_key
    from located
    inner join record on located.record_id = record.record_id
    group by located.home_key
    having
        count(distinct record.family_name) <= (select parameter.largest_home from parameter)

),

homes as (

    select
        located.record_id,
        string_agg(distinct located.home_key, '|' order by located.home_key) as home_keys,
        string_agg(distinct located.dwelling_key, '|' order by located.dwelling_key)
            as dwelling_keys
    from located
    inner join home on located.home_key = home.home_key
    group by located.record_id

),

spell as (

    select
        record_id,
        string_agg(distinct unit, '|' order by unit) as units,
        string_agg(distinct postcode, '|' order by postcode)
        filter (where not is_protected_address) as postcodes,
        bool_or(is_protected_address) as is_address_protected
    from address
    group by record_id

),

-- where a record was last known to live, as it is written
last_home as (

    select distinct on (record_id)
        record_id,
        house_number,
        coalesce(street, resolution.words(address_line_1)) as street,
        resolution.words(
            coalesce(address_line_5, address_line_4, address_line_3, address_line_2)
        ) as locality
    from address
    where not is_protected_address
    order by
        record_id asc,
        ended_on desc nulls first,
        started_on desc nulls last,
        address_spell_id asc

),

shared_house as (

    select
        last_home.house_number,
        last_home.street
    from last_home
    inner join record on last_home.record_id = record.record_id
    where last_home.house_number is not null
    group by last_home.house_number, last_home.street
    having count(distinct record.family_name) > (select parameter.largest_home from parameter)

),

housed as (

    select
        spell.record_id,
        homes.home_keys,
        homes.dwelling_keys,
        spell.units,
        spell.postcodes,
        case when shared_house.house_number is null then last_home.house_number end
            as house_number,
        last_home.street,
        last_home.locality,
        spell.is_address_protected
    from spell
    left join homes on spell.record_id = homes.record_id
    left join last_home on spell.record_id = last_home.record_id
    left join shared_house
        on
            last_home.house_number = shared_house.house_number
            and last_home.street = shared_house.street

)

select * from housed
