-- Grain: one row per record and home, in each way a home can be recognised.
--
-- A protected home is none: nothing may be found through it.

with address as (

    select * from {{ ref('int_address__standardised') }}
    where not is_protected_address

),

located as (

    select
        record_id,
        uprn_key as home_key,
        uprn_key as dwelling_key
    from address
    where uprn_key is not null
    union
    select
        record_id,
        house_key as home_key,
        house_key || '/' || street as dwelling_key
    from address
    where house_key is not null

)

select * from located
