-- Grain: one row per feed under contract.
--
-- Age counts from the day the sender cut the extract to the as-of date, not from when we loaded
-- it, and not by the clock: the same deliveries give the same answer at any hour.

with feed as (

    select * from {{ ref('feed') }}

),

delivery as (

    select * from {{ ref('stg_ledger__delivery') }}

),

in_force as (

    select * from delivery
    where is_in_force

),

-- What was refused counts until something newer comes into force. An extract that is older than
-- the one in force tells nothing new about the feed, whatever became of it.
newest as (

    select distinct on (delivery.feed)
        delivery.feed,
        delivery.delivery_id,
        delivery.status,
        delivery.refusal
    from delivery
    left join in_force on delivery.feed = in_force.feed
    where
        delivery.is_in_force
        or (
            delivery.status = 'refused'
            and (
                in_force.extracted_at is null
                or delivery.extracted_at is null
                or delivery.extracted_at > in_force.extracted_at
            )
        )
    order by delivery.feed asc, delivery.delivery_id desc

),

aged as (

    select
        feed.feed,
        feed.feed_label,
        feed.source_label,
        feed.area_covered,
        in_force.source_system,
        in_force.extracted_at as data_current_as_of,
        in_force.received_at,
        in_force.delivery_id,
        in_force.coverage_start,
        in_force.coverage_end,
        newest.delivery_id as last_delivery_id,
        newest.status as last_delivery_status,
        newest.refusal as last_delivery_refusal,
        in_force.row_count,
        in_force.quarantined_row_count,
        feed.warn_age_days,
        feed.error_age_days,
        {{ as_of_date() }} - in_force.extracted_at::date as age_in_days
    from feed
    left join in_force on feed.feed = in_force.feed
    left join newest on feed.feed = newest.feed

),

judged as (

    select
        *,
        case
            when last_delivery_id is null then 'never_received'
            when last_delivery_status = 'refused' then 'newest_delivery_refused'
            when age_in_days is null then 'extract_time_unknown'
            when age_in_days > error_age_days then 'past_error_age'
        end as out_of_date_reason,
        coalesce(age_in_days > warn_age_days, true) as is_late
    from aged

),

named as (

    select
        *,
        case
            when out_of_date_reason = 'never_received' then 'never_received'
            when out_of_date_reason is not null then 'out_of_date'
            when is_late then 'late'
            else 'fresh'
        end as freshness_status
    from judged

)

select * from named
