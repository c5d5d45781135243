-- Grain: one row per record and address spell, the address made comparable.
--
-- Two feeds mean one dwelling when uprn_key or house_key agree. A protected address has neither,
-- and no text: nothing may be found through it. One feed's mark protects the place for all feeds:
-- a refuge with everybody in its building, any other address for that dwelling alone.

with spell as (

    select
        *,
        nullif(
            concat_ws(
                ', ', address_line_1, address_line_2, address_line_3, address_line_4, address_line_5
            ),
            ''
        ) as full_address
    from {{ ref('int_address__unioned') }}

),

-- many spells name one place, and reading an address takes long: each text is read once
text_read as (

    select
        full_address,
        parse.house_number(full_address) as house_number,
        parse.unit(full_address) as unit
    from spell
    where full_address is not null
    group by full_address

),

keyed as (

    select
        spell.*,
        text_read.house_number,
        text_read.unit,
        spell.uprn || '/' || coalesce(text_read.unit, '') as uprn_key,
        spell.postcode || '/' || text_read.house_number as building_key,
        spell.postcode || '/' || text_read.house_number || '/' || coalesce(text_read.unit, '')
            as house_key,
        coalesce(spell.address_type ilike '%refuge%', false) as is_refuge
    from spell
    left join text_read on spell.full_address = text_read.full_address

),

protected_uprn as (

    select
        uprn,
        uprn_key,
        bool_or(is_refuge) as is_refuge
    from keyed
    where is_protected_address and uprn is not null
    group by uprn, uprn_key

),

protected_house as (

    select
        building_key,
        house_key,
        bool_or(is_refuge) as is_refuge
    from keyed
    where is_protected_address and house_key is not null
    group by building_key, house_key

),

protected as (

    select uprn_key as place_key from protected_uprn
    union
    select house_key as place_key from protected_house
    union
    select uprn as place_key from protected_uprn
    where is_refuge
    union
    select building_key as place_key from protected_house
    where is_refuge

),

judged as (

    select
        keyed.*,
        keyed.is_protected_address
        or coalesce(keyed.uprn in (select protected.place_key from protected), false)
        or coalesce(keyed.uprn_key in (select protected.place_key from protected), false)
        or coalesce(keyed.house_key in (select protected.place_key from protected), false)
        or coalesce(keyed.building_key in (select protected.place_key from protected), false)
            as is_protected_place
    from keyed

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
        case when not is_protected_place then house_number end as house_number,
        case when not is_protected_place then unit end as unit,
        case
            when not is_protected_place
                then left(nullif(concat_ws(', ', full_address, postcode), ''), 300)
        end as address_text,
        case when not is_protected_place then uprn_key end as uprn_key,
        case when not is_protected_place then house_key end as house_key,
        address_type,
        is_protected_place as is_protected_address,

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
