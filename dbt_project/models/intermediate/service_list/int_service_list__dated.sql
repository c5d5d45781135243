-- Grain: one row per value in a list of a service, in force on the as-of date.

with service_list as (

    select * from {{ ref('service_list') }}

),

dated as (

    select
        service,
        list_name,
        value,
        value_label,
        value_order
    from service_list
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

)

select * from dated
