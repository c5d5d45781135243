-- Grain: one row per feed under contract.

with judged as (

    select * from {{ ref('int_feed_freshness__judged') }}

),

picked as (

    select
        feed,
        feed_label,
        source_system::varchar(100) as source_system,
        data_current_as_of,
        received_at,
        delivery_id,
        last_delivery_id,
        last_delivery_status::varchar(20) as last_delivery_status,
        last_delivery_refusal::varchar(60) as last_delivery_refusal,
        row_count,
        quarantined_row_count,
        warn_age_days,
        error_age_days,
        age_in_days,
        freshness_status::varchar(20) as freshness_status
    from judged

)

select * from picked
