-- Grain: one row per text of an address, with what it says of the dwelling.

with text as (

    select full_address from {{ ref('int_address__written') }}
    where full_address is not null
    group by full_address

),

read as (

    select
        full_address,
        parse.house_number(full_address) as house_number,
        parse.unit(full_address) as unit,
        parse.street(full_address) as street
    from text

)

select * from read
