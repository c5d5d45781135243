-- Grain: one row per feed and hashed identity of whom a row was set aside in the delivery in force.

with source as (

    select * from {{ source('quarantine', 'identity_set_aside') }}

),

renamed as (

    select
        -- keys
        identity_key,
        feed
    from source

)

select * from renamed
