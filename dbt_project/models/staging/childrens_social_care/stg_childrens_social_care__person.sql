-- Grain: one row per child or young person known to children's social care.

with source as (

    select * from {{ source('childrens_social_care', 'person') }}

),

renamed as (

    select
        -- keys
        {{ hash_key(["'childrens_social_care'", "parse.clean(pers_person_id)"]) }} as record_id,
        parse.clean(pers_person_id) as source_person_id,

        -- who
        parse.name(pers_forename) as given_name,
        parse.name(pers_surname) as family_name,
        null::text as middle_names,
        null::text as preferred_name,
        null::text as alias_family_name,
        null::text as title,
        parse.try_date(pers_dob, raw_childrens_social_care.date_formats('person', 'pers_dob'))
            as date_of_birth,
        parse.try_known_date(
            pers_expected_dob, raw_childrens_social_care.date_formats('person', 'pers_expected_dob')
        ) as expected_date_of_birth,
        parse.try_known_date(
            pers_death_date, raw_childrens_social_care.date_formats('person', 'pers_death_date')
        ) as date_of_death,
        upper(parse.clean(pers_sex)) as sex_code,
        upper(parse.clean(pers_gender)) as gender_code,
        parse.nhs_number(pers_single_unique_id, true) as nhs_number,
        parse.upn(pers_upn) as upn,
        null::text as telephone,
        null::text as email,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
