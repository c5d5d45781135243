-- Grain: one row per delivery and table that it holds.

with delivery_table as (

    select * from {{ source('ledger', 'delivery_table') }}

),

renamed as (

    select
        delivery_id,
        table_name,
        row_count
    from delivery_table

)

select * from renamed
