-- Grain: one row per address as feeds write it: its text, its postcode and its property number.
--
-- Many spells name one place. What an address means is worked out for each place once.

with spell as (

    select * from {{ ref('int_address__unioned') }}

),

written as (

    select
        address_number,
        full_address,
        postcode,
        uprn
    from spell
    group by address_number, full_address, postcode, uprn

)

select * from written
