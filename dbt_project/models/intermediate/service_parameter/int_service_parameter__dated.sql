-- Grain: one row per number in the rule of a service, in force on the as-of date.

with service_parameter as (

    select * from {{ ref('service_parameter') }}

),

dated as (

    select
        service,
        parameter,
        value,
        unit
    from service_parameter
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

)

select * from dated
