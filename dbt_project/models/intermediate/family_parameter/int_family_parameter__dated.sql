-- Grain: one row per council: the numbers in its definition of the family, as of the as-of date.

with family_parameter as (

    select * from {{ ref('family_parameter') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

dated as (

    select
        max(value) filter (where parameter = 'evidence_lookback') as evidence_lookback,
        max(value) filter (where parameter = 'communal_people') as communal_people,
        max(value) filter (where parameter = 'communal_adults') as communal_adults,
        max(value) filter (where parameter = 'communal_surnames') as communal_surnames,
        max(value) filter (where parameter = 'unrelated_adults') as unrelated_adults,
        max(value) filter (where parameter = 'adult_age') as adult_age,
        max(value) filter (where parameter = 'family_group_people') as family_group_people,
        max(value) filter (where parameter = 'upbringing_years') as upbringing_years,
        max(value) filter (where parameter = 'independent_age') as independent_age,
        max(value) filter (where parameter = 'independent_surnames') as independent_surnames,
        max(value) filter (where parameter = 'past_confidence') as past_confidence,
        max(value) filter (where parameter = 'strong_confidence') as strong_confidence,
        max(value) filter (where parameter = 'fair_confidence') as fair_confidence,
        max(value) filter (where parameter = 'little_history') as little_history,
        max(value) filter (where parameter = 'unnoticed_infancy') as unnoticed_infancy
    from family_parameter

)

select * from dated
