-- Grain: one row per child and mother.

with source as (

    select * from {{ source('childrens_social_care', 'mother') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'childrens_social_care'", "parse.clean(moth_childs_person_id)"]) }}
            as record_id,
        {{ hash_key(["'childrens_social_care'", "parse.clean(moth_person_id)"]) }}
            as mother_record_id,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
