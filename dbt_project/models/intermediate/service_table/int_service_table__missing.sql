-- Grain: one row per service and table of which its answer is read and the delivery in force has no
-- row.
--
-- A sender may leave the table out. Then the feed is fresh and passes, and nobody has looked.

with listed as (

    select * from {{ ref('int_service_list__dated') }}
    where list_name in ('searched_table', 'detail_table')

),

rule as (

    select * from {{ ref('int_service_rule__dated') }}

),

in_force as (

    select * from {{ ref('stg_ledger__delivery') }}
    where is_in_force

),

delivery_table as (

    select * from {{ ref('stg_ledger__delivery_table') }}
    where row_count > 0

),

missing as (

    select
        listed.service,
        listed.list_name,
        listed.value as table_name
    from listed
    inner join rule on listed.service = rule.service
    inner join in_force on rule.feed = in_force.feed
    left join delivery_table
        on
            in_force.delivery_id = delivery_table.delivery_id
            and listed.value = delivery_table.table_name
    where delivery_table.delivery_id is null

)

select * from missing
