-- Grain: one row per service of the register, with the council's rule in force on the as-of date.
--
-- A service without a rule in force is not connected: its feed is empty.

with service as (

    select * from {{ ref('service') }}

),

service_rule as (

    select * from {{ ref('service_rule') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

searched_since as (

    select
        service,
        make_date(value, 1, 1) as searched_since
    from {{ ref('int_service_parameter__dated') }}
    where parameter = 'searched_since'

),

dated as (

    select
        service.service,
        service.service_label,
        service.service_order,
        service.status_notion,
        service_rule.feed,
        service_rule.feed is not null as is_connected,
        service_rule.minimum_age,
        service_rule.maximum_age,
        coalesce(service_rule.minimum_age, service_rule.maximum_age) is not null as has_age_limit,
        -- whoever is of the right age was born by the one day, and after the other
        ({{ as_of_date() }} - make_interval(years => service_rule.minimum_age))::date as born_by,
        ({{ as_of_date() }} - make_interval(years => service_rule.maximum_age + 1))::date
            as born_after,
        service_rule.shown_when_age_unknown = 'Yes' as is_shown_when_age_unknown,
        service_rule.lookback_years,
        -- greatest() leaves out what is null
        greatest(
            ({{ as_of_date() }} - make_interval(years => service_rule.lookback_years))::date,
            searched_since.searched_since
        ) as window_starts_on,
        service_rule.looked_for
    from service
    left join service_rule on service.service = service_rule.service
    left join searched_since on service_rule.service = searched_since.service

)

select * from dated
