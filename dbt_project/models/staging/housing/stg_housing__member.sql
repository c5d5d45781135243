-- Grain: one row per person of a tenancy's household.

with source as (

    select * from {{ source('housing', 'member') }}

),

renamed as (

    select
        -- keys
        parse.clean(tenancy_ref) as source_tenancy_id,
        {{ hash_key(["'housing'", "parse.clean(person_ref)"]) }} as record_id,
        parse.clean(person_ref) as source_person_id,

        -- who
        parse.name(given_name) as given_name,
        parse.name(family_name) as family_name,
        parse.name(middle_names) as middle_names,
        parse.name(preferred_name) as preferred_name,
        parse.name(alias_family_name) as alias_family_name,
        parse.clean(title) as title,
        parse.try_date(date_of_birth, raw_housing.date_formats('member', 'date_of_birth'))
            as date_of_birth,
        parse.try_known_date(
            expected_date_of_birth, raw_housing.date_formats('member', 'expected_date_of_birth')
        ) as expected_date_of_birth,
        parse.try_known_date(date_of_death, raw_housing.date_formats('member', 'date_of_death'))
            as date_of_death,
        upper(parse.clean(sex)) as sex_code,
        upper(parse.clean(gender)) as gender_code,
        parse.nhs_number(nhs_number, true) as nhs_number,
        null::text as upn,
        parse.telephone(telephone) as telephone,
        parse.email(email) as email,
        parse.try_boolean(is_organisation) as is_organisation,

        -- what
        lower(parse.clean(role)) as role,
        parse.clean(relationship_to_lead) as relationship_to_lead,
        parse.try_known_date(start_date, raw_housing.date_formats('member', 'start_date'))
            as started_on,
        parse.try_known_date(end_date, raw_housing.date_formats('member', 'end_date')) as ended_on,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
