-- Grain: one row per delivery received, whatever became of it.
--
-- The counts of a delivery are kept by table, so this model alone in staging adds rows up.

with delivery as (

    select * from {{ source('ledger', 'delivery') }}

),

delivery_table as (

    select * from {{ source('ledger', 'delivery_table') }}

),

counted as (

    select
        delivery_id,
        sum(row_count)::bigint as row_count,
        sum(quarantined_count)::bigint as quarantined_row_count
    from delivery_table
    group by delivery_id

),

renamed as (

    select
        -- keys
        delivery.delivery_id,
        delivery.feed,

        -- what
        delivery.folder,
        delivery.status,
        delivery.refusal,
        delivery.status = 'in_force' as is_in_force,
        delivery.source_system,
        delivery.extracted_at at time zone 'Europe/London' as extracted_at,
        delivery.received_at at time zone 'Europe/London' as received_at,
        delivery.coverage_start,
        delivery.coverage_end,
        delivery.area_covered,
        counted.row_count,
        counted.quarantined_row_count
    from delivery
    left join counted on delivery.delivery_id = counted.delivery_id

)

select * from renamed
