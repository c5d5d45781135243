-- Grain: one row per record and address spell, the address made comparable.
--
-- Two feeds mean one dwelling when uprn_key or house_key agree. A protected address has neither,
-- and no text: nothing may be found through it. One feed's mark protects the place for all feeds:
-- a refuge with everybody in its building, any other address for that dwelling alone.

with spell as not materialized (

    select
        *,
        nullif(
            concat_ws(
                ', ', address_line_1, address_line_2, address_line_3, address_line_4, address_line_5
            ),
            ''
        ) as full_address,
        coalesce(address_type ilike '%refuge%', false) as is_refuge
    from {{ ref('int_address__unioned') }}

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
    inner join place
        on
            coalesce(spell.full_address, '') = coalesce(place.full_address, '')
            and coalesce(spell.postcode, '') = coalesce(place.source_postcode, '')
            and coalesce(spell.uprn, '') = coalesce(place.source_uprn, '')
    where spell.is_protected_address

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

    select
        *,
        coalesce(
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
            ),
            false
        ) as is_hidden
    from place

),

-- no place is missing; a spell without one would have no mark, and stop the build
judged as (

    select
        spell.address_spell_id,
        spell.record_id,
        spell.feed,
        spell.address_line_1,
        spell.address_line_2,
        spell.address_line_3,
        spell.address_line_4,
        spell.address_line_5,
        spell.full_address,
        spell.address_type,
        spell.started_on,
        spell.ended_on,
        spell.observed_on,
        spell.delivery_id,
        spell.source_table,
        spell.row_number,
        hidden.postcode,
        hidden.uprn,
        hidden.uprn_found_by,
        hidden.uprn_doubt,
        hidden.house_number,
        hidden.unit,
        hidden.street,
        hidden.uprn_key,
        hidden.house_key,
        hidden.property_kind,
        hidden.lived_in_as,
        spell.is_protected_address or hidden.is_hidden as is_protected_place
    from spell
    left join hidden
        on
            coalesce(spell.full_address, '') = coalesce(hidden.full_address, '')
            and coalesce(spell.postcode, '') = coalesce(hidden.source_postcode, '')
            and coalesce(spell.uprn, '') = coalesce(hidden.source_uprn, '')

),

standardised as (

    select
        -- keys
        address_spell_id,
        record_id,
        feed,

        -- where
        case when not is_protected_place then address_line_1 end as address_line_1,
        case when not is_protected_place then address_line_2 end as address_line_2,
        case when not is_protected_place then address_line_3 end as address_line_3,
        case when not is_protected_place then address_line_4 end as address_line_4,
        case when not is_protected_place then address_line_5 end as address_line_5,
        case when not is_protected_place then postcode end as postcode,
        case when not is_protected_place then uprn end as uprn,
        case when not is_protected_place then uprn_found_by end as uprn_found_by,
        case when not is_protected_place then uprn_doubt end as uprn_doubt,
        case when not is_protected_place then house_number end as house_number,
        case when not is_protected_place then unit end as unit,
        case when not is_protected_place then street end as street,
        case
            when not is_protected_place
                then left(nullif(concat_ws(', ', full_address, postcode), ''), 300)
        end as address_text,
        case when not is_protected_place then uprn_key end as uprn_key,
        case when not is_protected_place then house_key end as house_key,
        address_type,
        is_protected_place as is_protected_address,

        -- what kind of place
        case when not is_protected_place then property_kind end as property_kind,
        case when not is_protected_place then lived_in_as end as lived_in_as,

        -- when
        parse.believable_day(started_on) as started_on,
        case when ended_on < started_on then null else parse.believable_day(ended_on) end
            as ended_on,
        -- an end too long ago says that it is over all the same
        coalesce(ended_on < started_on, false)
        or coalesce(
            ended_on < {{ as_of_date() }} and parse.believable_day(ended_on) is null, false
        ) as is_end_unreliable,
        parse.believable_day(observed_on) as observed_on,

        -- audit
        delivery_id,
        source_table,
        row_number
    from judged

)

select * from standardised
