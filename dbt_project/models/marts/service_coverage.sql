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

-- the period is what the extract and the rule both speak for; greatest() and least() leave out
-- what is null
searched as (

    select
        rule.service,
        freshness.*,
        missing.service is not null as is_table_missing,
        greatest(freshness.coverage_start, rule.window_starts_on) as starts_on,
        least(
            freshness.coverage_end, freshness.data_current_as_of::date, {{ as_of_date() }}
        ) as ends_on
    from rule
    inner join freshness on rule.feed = freshness.feed
    left join missing on rule.service = missing.service

),

-- an extract cut today may speak of long ago
judged as (

    select
        *,
        delivery_id is not null
        and not is_table_missing
        and coalesce(starts_on <= ends_on, true) as is_searched,
        coalesce(
            out_of_date_reason,
            case
                when is_table_missing then 'table_not_received'
                when starts_on > ends_on then 'period_not_covered'
                when coverage_end < data_current_as_of::date - error_age_days
                    then 'period_not_covered'
            end
        ) as answer_out_of_date_reason
    from searched

),

joined as (

    select
        rule.service,
        rule.service_label,
        rule.service_order,
        rule.feed,
        case when rule.is_connected then 'Yes' else 'No' end::varchar(7) as is_connected,
        judged.data_current_as_of,
        case when judged.is_searched then judged.starts_on end as search_from,
        case when judged.is_searched then judged.ends_on end as search_to,
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
