-- Grain: one row per worker of children's social care.

with source as (

    select * from {{ source('childrens_social_care', 'professionals') }}

),

renamed as (

    select
        -- keys
        parse.clean(prof_professional_id) as worker_id,

        -- whom to call
        parse.clean(prof_professional_name) as worker_name,
        parse.clean(prof_professional_job_title) as worker_role,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
