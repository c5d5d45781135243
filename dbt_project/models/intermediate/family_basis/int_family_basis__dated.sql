-- Grain: one row per ground for counting somebody as family, in the rule of the as-of date.

with family_basis as (

    select * from {{ ref('family_basis') }}

),

dated as (

    select
        basis,
        basis_label,
        basis_order,
        counts_alone,
        confidence
    from family_basis
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

)

select * from dated
