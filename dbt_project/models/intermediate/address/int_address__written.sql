-- Grain: one row per address as feeds write it: its text, its postcode and its property number.
--
-- Many spells name one place. What an address means is worked out for each place once.

with spell as (

    select * from {{ ref('int_address__unioned') }}

),

lined as (

    select
        nullif(
            concat_ws(
                ', ', address_line_1, address_line_2, address_line_3, address_line_4, address_line_5
            ),
            ''
        ) as full_address,
        postcode,
        uprn
    from spell

),

written as (

    select
        full_address,
        postcode,
        uprn
    from lined
    group by full_address, postcode, uprn

)

select * from written
