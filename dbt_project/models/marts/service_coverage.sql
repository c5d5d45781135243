-- Grain: one row per service of the register.

with rule as (

    select * from {{ ref('int_service_rule__dated') }}

),

freshness as (

    select * from {{ ref('int_feed_freshness__judged') }}

),

-- fresh, and without the table in which it would stand
missing as (

    select service
    from {{ ref('int_service_table__missing') }}
    where list_name = 'searched_table'
    group by service

),

judged as (

    select
        rule.service,
        freshness.*,
        missing.service is not null as is_table_missing,
        coalesce(
            freshness.out_of_date_reason,
            case when missing.service is not null then 'table_not_received' end
        ) as answer_out_of_date_reason
    from rule
    inner join freshness on rule.feed = freshness.feed
    left join missing on rule.service = missing.service

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
        judged.data_current_as_of,
        case
            when judged.delivery_id is not null and not judged.is_table_missing
                then greatest(judged.coverage_start, rule.window_starts_on)
        end as search_from,
        case
            when judged.delivery_id is not null and not judged.is_table_missing
                then
                    least(
                        judged.coverage_end,
                        judged.data_current_as_of::date,
                        {{ as_of_date() }}
                    )
        end as search_to,
        judged.area_covered,
        judged.source_label,
        case
            when judged.is_late then 'Yes'
            when rule.is_connected then 'No'
        end::varchar(7) as is_late,
        case
            when judged.answer_out_of_date_reason is not null then 'Yes'
            when rule.is_connected then 'No'
        end::varchar(7) as is_out_of_date,
        judged.answer_out_of_date_reason::varchar(60) as out_of_date_reason,
        rule.minimum_age,
        rule.maximum_age,
        rule.looked_for
    from rule
    left join judged on rule.service = judged.service

)

select * from joined
