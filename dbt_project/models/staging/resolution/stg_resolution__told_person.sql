-- Grain: one row per person as they were when the families they may be in were last made.
--
-- No number while they are being made. Nor does it count while one of the marts is not there:
-- whoever drops either has all made anew.

with source as (

    select * from {{ source('resolution', 'told_person') }}

),

renamed as (

    select
        person_id,
        case
            when
                to_regclass('marts.family_member') is not null
                and to_regclass('marts.family_explanation') is not null
                then family_hash
        end as family_hash
    from source

)

select * from renamed
