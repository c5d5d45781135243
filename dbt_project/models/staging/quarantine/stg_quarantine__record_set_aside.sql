-- Grain: one row per record of whom a row was set aside in the delivery in force.

with source as (

    select * from {{ source('quarantine', 'record_set_aside') }}

),

renamed as (

    select
        -- keys
        record_id,
        feed
    from source

)

select * from renamed
