-- Grain: one row per service of the register.

with rule as (

    select * from {{ ref('int_service_rule__dated') }}

),

freshness as (

    select * from {{ ref('int_feed_freshness__judged') }}

),

-- the period is what the extract and the rule both speak for; greatest() and least() leave out
-- what is null
joined as (

    select
        rule.service,
        rule.service_label,
        rule.service_order,
        rule.feed,
        case when rule.is_connected then 'Yes' else 'No' end::varchar(7) as is_connected,
        freshness.data_current_as_of,
        case
            when freshness.delivery_id is not null
                then greatest(freshness.coverage_start, rule.window_starts_on)
        end as search_from,
        case
            when freshness.delivery_id is not null
                then
                    least(
                        freshness.coverage_end,
                        freshness.data_current_as_of::date,
                        {{ as_of_date() }}
                    )
        end as search_to,
        freshness.area_covered,
        freshness.source_label,
        case
            when freshness.is_late then 'Yes'
            when rule.is_connected then 'No'
        end::varchar(7) as is_late,
        case
            when freshness.out_of_date_reason is not null then 'Yes'
            when rule.is_connected then 'No'
        end::varchar(7) as is_out_of_date,
        freshness.out_of_date_reason::varchar(60) as out_of_date_reason,
        rule.minimum_age,
        rule.maximum_age,
        rule.looked_for
    from rule
    left join freshness on rule.feed = freshness.feed

)

select * from joined
