-- Grain: one row per record and address spell, the address made comparable.
--
-- Two feeds mean one dwelling when uprn_key or house_key agree. A protected address has neither,
-- and no text: nothing may be found through it.

with spell as (

    select * from {{ ref('int_address__unioned') }}

),

hidden as (

    select * from {{ ref('int_address__hidden') }}

),

-- no address is missing; a spell without one would have no mark, and stop the build
placed as (

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
        found.postcode,
        found.uprn,
        found.uprn_found_by,
        found.uprn_doubt,
        found.house_number,
        found.unit,
        found.street,
        found.uprn || '/' || coalesce(found.unit, '') as uprn_key,
        found.postcode || '/' || found.house_number || '/' || coalesce(found.unit, '') as house_key,
        found.property_kind,
        found.lived_in_as,
        spell.is_protected_address
        or case when found.address_number is not null then hidden.address_number is not null end
            as is_protected_place
    from spell
    left join {{ ref('int_address__found') }} as found
        on spell.address_number = found.address_number
    left join hidden on spell.address_number = hidden.address_number

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
        case
            when not is_protected_place and coalesce(uprn_key, house_key) is not null
                then hash_record_extended(row(uprn_key, house_key), 0)
        end as place_number,
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
            ended_on < '2000-01-01' and parse.believable_day(ended_on) is null, false
        ) as is_end_unreliable,
        parse.believable_day(observed_on) as observed_on,

        -- audit
        delivery_id,
        source_table,
        row_number
    from placed

)

select * from standardised
