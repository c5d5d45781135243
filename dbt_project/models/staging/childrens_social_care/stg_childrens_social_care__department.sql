-- Grain: one row per team of children's social care.

with source as (

    select * from {{ source('childrens_social_care', 'department') }}

),

renamed as (

    select
        -- keys
        parse.clean(dept_team_id) as team_id,

        -- whom to call
        parse.clean(dept_team_name) as team_name,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
