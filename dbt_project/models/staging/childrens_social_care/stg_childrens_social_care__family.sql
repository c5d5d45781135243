-- Grain: one row per child and family number.

with source as (

    select * from {{ source('childrens_social_care', 'family') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'childrens_social_care'", "parse.clean(fami_person_id)"]) }} as record_id,
        parse.clean(fami_family_id) as source_family_id,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
