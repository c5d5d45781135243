-- Grain: one row per dwelling where somebody lives or has lived.

with typed as (

    select * from {{ ref('int_household__typed') }}

),

household as (

    select
        household_id,
        (case when communal_reason is null then 'private' else 'communal' end)::varchar(20)
            as household_type,
        address_text::varchar(300) as address_text,
        postcode::varchar(8) as postcode,
        uprn::varchar(12) as uprn,
        occupant_count
    from typed

)

select * from household
