-- Grain: one row per place as addresses name it whose dwelling is known: property number, postcode,
-- house number and unit.
--
-- A property number names a dwelling, unless it is the building's: the register says so, or several
-- units share it. Then, and without one, postcode, house number and unit do. A building without the
-- unit is no dwelling: its flats are not one household.

with address as (

    select * from {{ ref('int_address__standardised') }}
    where
        place_number is not null
        -- where letters go is not where people live
        and coalesce(address_type, '') <> 'correspondence'

),

-- many spells name one place
place as (

    select
        place_number,
        uprn_key,
        house_key,
        min(uprn) as uprn,
        min(unit) as unit,
        min(postcode || '/' || house_number) as building_key,
        bool_or(coalesce(lived_in_as = 'building', false)) as is_building
    from address
    group by place_number, uprn_key, house_key

),

uprn_unit as (

    select
        uprn,
        count(distinct unit) > 1 or bool_or(is_building) as is_of_building
    from place
    where uprn is not null
    group by uprn

),

building_unit as (

    select
        building_key,
        count(distinct unit) > 1 as is_of_building
    from place
    where house_key is not null
    group by building_key

),

keyed as (

    select
        place.place_number,
        place.uprn_key,
        place.house_key,
        case when not uprn_unit.is_of_building then place.uprn end as dwelling_uprn,
        case
            when place.unit is not null or not building_unit.is_of_building then place.house_key
        end as dwelling_house,
        case
            when uprn_unit.is_of_building and place.unit is not null then place.uprn_key
        end as building_unit_uprn
    from place
    left join uprn_unit on place.uprn = uprn_unit.uprn
    left join building_unit on place.building_key = building_unit.building_key

),

-- the same dwelling known by both its names, and by no others
house_of_uprn as (

    select
        dwelling_house,
        min(dwelling_uprn) as dwelling_uprn
    from keyed
    where dwelling_house is not null and dwelling_uprn is not null
    group by dwelling_house
    having count(distinct dwelling_uprn) = 1

),

house_of_building_unit as (

    select
        building_unit_uprn,
        min(dwelling_house) as dwelling_house
    from keyed
    where dwelling_house is not null and building_unit_uprn is not null
    group by building_unit_uprn
    having count(distinct dwelling_house) = 1

),

housed as (

    select
        keyed.place_number,
        keyed.dwelling_uprn,
        keyed.building_unit_uprn,
        coalesce(keyed.dwelling_house, house_of_building_unit.dwelling_house) as dwelling_house
    from keyed
    left join house_of_building_unit
        on keyed.building_unit_uprn = house_of_building_unit.building_unit_uprn

),

named as (

    select
        housed.place_number,
        coalesce(
            'uprn ' || coalesce(housed.dwelling_uprn, house_of_uprn.dwelling_uprn),
            'house ' || housed.dwelling_house,
            'unit ' || housed.building_unit_uprn
        ) as dwelling_key
    from housed
    left join house_of_uprn on housed.dwelling_house = house_of_uprn.dwelling_house

),

placed as (

    select
        place_number,
        -- sixty bits of a hash: the same every night, and positive
        (
            'x' || left(encode(sha256(convert_to(dwelling_key, 'UTF8')), 'hex'), 15)
        )::bit(60)::bigint as household_id,
        dwelling_key
    from named
    where dwelling_key is not null

)

select * from placed
