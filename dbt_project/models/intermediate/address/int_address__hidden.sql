-- Grain: one row per address as feeds write it that is a protected place.
--
-- One feed's mark protects the place for all feeds: a refuge with everybody in its building, any
-- other address for that dwelling alone.

with spell as not materialized (

    select
        address_number,
        coalesce(address_type ilike '%refuge%', false) as is_refuge
    from {{ ref('int_address__unioned') }}
    where is_protected_address

),

place as not materialized (

    select
        *,
        uprn || '/' || coalesce(unit, '') as uprn_key,
        postcode || '/' || house_number as building_key,
        postcode || '/' || house_number || '/' || coalesce(unit, '') as house_key
    from {{ ref('int_address__found') }}

),

marked as (

    select
        place.*,
        spell.is_refuge
    from spell
    inner join place on spell.address_number = place.address_number

),

-- the number that was sent protects too, even where it was not believed
protected_uprn as (

    select
        named.uprn,
        named.uprn || '/' || coalesce(marked.unit, '') as uprn_key,
        bool_or(marked.is_refuge) as is_refuge
    from marked
    cross join lateral unnest(array[marked.uprn, marked.source_uprn]) as named (uprn)
    where named.uprn is not null
    group by named.uprn, marked.unit

),

protected_house as (

    select
        postcode,
        building_key,
        house_key,
        bool_or(is_refuge) as is_refuge
    from marked
    where postcode is not null
    group by postcode, building_key, house_key

),

protected as (

    select uprn_key as place_key from protected_uprn
    union
    select house_key as place_key from protected_house
    where house_key is not null
    union
    select uprn as place_key from protected_uprn
    where is_refuge
    union
    select building_key as place_key from protected_house
    where is_refuge and building_key is not null
    union
    -- a name without a number may be the name of the refuge
    select postcode as place_key from protected_house
    where is_refuge

),

hidden as (

    select address_number
    from place
    where
        uprn in (select protected.place_key from protected)
        or uprn_key in (select protected.place_key from protected)
        or source_uprn in (select protected.place_key from protected)
        or source_uprn || '/' || coalesce(unit, '') in (
            select protected.place_key from protected
        )
        or house_key in (select protected.place_key from protected)
        or building_key in (select protected.place_key from protected)
        or (
            full_address is not null
            and house_number is null
            and postcode in (select protected.place_key from protected)
        )

)

select * from hidden
