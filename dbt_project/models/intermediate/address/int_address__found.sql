-- Grain: one row per address as feeds write it, with the property that the register holds for it.
--
-- The register looks an address up by postcode, house number and unit, and in a street where places
-- have no number by postcode, street and unit; only one hit counts. A number that a source sends is
-- believed unless what is written beside it is another address. An address that the register does
-- not hold stays as it was sent: the register ends at the council's boundary, and new homes come
-- into it late.

with property as not materialized (

    select * from {{ ref('int_property__classified') }}

),

read as (

    select
        written.*,
        text_read.house_number,
        text_read.unit,
        text_read.street
    from {{ ref('int_address__written') }} as written
    left join {{ ref('int_address__read') }} as text_read
        on written.full_address = text_read.full_address

),

-- what the register holds under the number sent, and whether the text says the same place
sent as (

    select
        read.*,
        case
            when read.uprn is null or not exists (select property.uprn from property) then null
            when held.uprn is null then 'not in the register'
            when
                held.house_number <> read.house_number
                or held.unit <> read.unit
                or (
                    held.postcode <> read.postcode
                    and held.house_number is distinct from read.house_number
                )
                then 'another address'
            when held.postcode <> read.postcode then 'another postcode'
        end as uprn_doubt,
        -- that of a building, or one that is no more: the home has a number of its own
        coalesce(held.lived_in_as = 'building' or not held.is_standing, false) as is_replaceable,
        held.postcode as held_postcode
    from read
    left join property as held on read.uprn = held.uprn

),

sought as (

    select
        *,
        -- beside a number that holds, a postcode written wrong does no harm
        case
            when coalesce(uprn_doubt, '') = 'another address' then postcode
            else coalesce(held_postcode, postcode)
        end as sought_postcode,
        uprn is null or coalesce(uprn_doubt, '') = 'another address' as is_without_uprn
    from sent

),

place as (

    select
        sought_postcode,
        house_number,
        unit,
        street
    from sought
    where
        (is_without_uprn or is_replaceable)
        and sought_postcode is not null
        -- a pitch, or a flat of a named building, in a street that gave the place no number
        and (house_number is not null or (unit is not null and street is not null))
    group by sought_postcode, house_number, unit, street

),

candidate as (

    select
        place.*,
        property.uprn,
        coalesce(property.unit, '') = coalesce(place.unit, '')
        and coalesce(property.lived_in_as, '') <> 'building' as is_exact,
        property.is_standing,
        -- two streets of one postcode may have the number: then the street must tell
        coalesce(property.street = place.street, false) as is_in_street
    from place
    inner join property
        on
            place.sought_postcode = property.postcode
            and coalesce(place.house_number, '') = coalesce(property.house_number, '')
            and (property.unit is null or place.unit = property.unit)
            and (
                place.house_number is not null
                or (place.unit = property.unit and place.street = property.street)
            )

),

ranked as (

    select
        *,
        rank() over (
            partition by sought_postcode, house_number, unit, street
            order by is_exact desc, is_standing desc, is_in_street desc
        ) as choice
    from candidate

),

looked_up as (

    select
        sought_postcode,
        house_number,
        unit,
        street,
        min(uprn) as uprn,
        bool_and(is_exact) as is_exact
    from ranked
    where choice = 1
    group by sought_postcode, house_number, unit, street
    having count(*) = 1

),

chosen as (

    select
        sought.*,
        looked_up.is_exact,
        case
            when sought.is_without_uprn then looked_up.uprn
            when sought.is_replaceable and looked_up.is_exact then looked_up.uprn
            else sought.uprn
        end as chosen_uprn
    from sought
    left join looked_up
        on
            sought.sought_postcode = looked_up.sought_postcode
            and coalesce(sought.house_number, '') = coalesce(looked_up.house_number, '')
            and sought.unit is not distinct from looked_up.unit
            and sought.street is not distinct from looked_up.street

),

found as (

    select
        -- keys: as written
        chosen.address_number,
        chosen.full_address,
        chosen.postcode as source_postcode,
        chosen.uprn as source_uprn,

        -- where: as the register writes it, once the property is known
        coalesce(property.postcode, chosen.postcode) as postcode,
        chosen.chosen_uprn as uprn,
        case
            when chosen.chosen_uprn is null then 'none'
            when chosen.chosen_uprn = chosen.uprn then 'source'
            when chosen.is_exact then 'register_exact'
            else 'register_without_unit'
        end as uprn_found_by,
        chosen.uprn_doubt,
        coalesce(property.house_number, chosen.house_number) as house_number,
        -- the register may not know how a house was divided
        coalesce(
            case when property.lived_in_as is distinct from 'building' then property.unit end,
            chosen.unit
        ) as unit,
        coalesce(property.street, chosen.street) as street,

        -- what kind of place
        property.property_kind,
        property.lived_in_as
    from chosen
    left join property on chosen.chosen_uprn = property.uprn

)

select * from found
