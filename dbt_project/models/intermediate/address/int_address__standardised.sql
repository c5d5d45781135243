-- Grain: one row per record and address spell, the address made comparable.
--
-- Two feeds mean one dwelling when uprn_key or house_key agree. A protected address has neither,
-- and no text: nothing may be found through it. One feed's mark protects the place for all feeds:
-- a refuge with everybody in its building, any other address for that dwelling alone.

with spell as (

    select * from {{ ref('int_address__found') }}

),

keyed as (

    select
        *,
        uprn || '/' || coalesce(unit, '') as uprn_key,
        postcode || '/' || house_number as building_key,
        postcode || '/' || house_number || '/' || coalesce(unit, '') as house_key,
        coalesce(address_type ilike '%refuge%', false) as is_refuge
    from spell

),

-- the number that was sent protects too, even where it was not believed
protected_uprn as (

    select
        named.uprn,
        named.uprn || '/' || coalesce(keyed.unit, '') as uprn_key,
        bool_or(keyed.is_refuge) as is_refuge
    from keyed
    cross join lateral unnest(array[keyed.uprn, keyed.source_uprn]) as named (uprn)
    where keyed.is_protected_address and named.uprn is not null
    group by named.uprn, keyed.unit

),

protected_house as (

    select
        postcode,
        building_key,
        house_key,
        bool_or(is_refuge) as is_refuge
    from keyed
    where is_protected_address and postcode is not null
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

placed as (

    select
        address_spell_id,
        unnest(
            array[
                uprn,
                uprn_key,
                source_uprn,
                source_uprn || '/' || coalesce(unit, ''),
                house_key,
                building_key,
                case when full_address is not null and house_number is null then postcode end
            ]
        ) as place_key
    from keyed

),

hidden as (

    select placed.address_spell_id
    from placed
    inner join protected on placed.place_key = protected.place_key
    group by placed.address_spell_id

),

judged as (

    select
        keyed.*,
        keyed.is_protected_address or hidden.address_spell_id is not null as is_protected_place
    from keyed
    left join hidden on keyed.address_spell_id = hidden.address_spell_id

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
