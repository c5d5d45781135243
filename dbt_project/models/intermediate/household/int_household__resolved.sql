-- Grain: one row per address spell whose dwelling is known.

with address as (

    select * from {{ ref('int_address__standardised') }}
    -- where letters go is not where people live
    where coalesce(address_type, '') <> 'correspondence'

),

placed as (

    select * from {{ ref('int_household__placed') }}

),

resolved as (

    select
        address.address_spell_id,
        placed.household_id,
        placed.dwelling_key,
        address.record_id,
        address.feed,
        address.address_type,
        address.address_text,
        address.postcode,
        address.uprn,
        address.property_kind,
        address.lived_in_as,
        address.started_on,
        address.ended_on,
        address.is_end_unreliable,
        address.observed_on,
        address.delivery_id,
        address.source_table,
        address.row_number
    from address
    inner join placed on address.place_number = placed.place_number

)

select * from resolved
