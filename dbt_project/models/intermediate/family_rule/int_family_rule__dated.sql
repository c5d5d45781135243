-- Grain: one row per tie to the child, or chain of two ties, in the rule of the as-of date.

with family_rule as (

    select * from {{ ref('family_rule') }}

),

dated as (

    select
        relationship_group,
        next_relationship_group,
        is_shown = 'Yes' as is_shown,
        member_rank,
        relation_order
    from family_rule
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

)

select * from dated
