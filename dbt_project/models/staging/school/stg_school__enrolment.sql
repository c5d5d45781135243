-- Grain: one row per enrolment of a pupil at a school.

with source as (

    select * from {{ source('school', 'enrolment') }}

),

renamed as (

    select
        -- keys
        coalesce(
            parse.clean(enrolment_id),
            {{
                hash_key([
                    "parse.clean(source_pupil_id)",
                    "coalesce(parse.clean(school_urn), parse.clean(school_name), '')",
                    "entry_date",
                ])
            }}
        ) as source_enrolment_id,
        {{ hash_key(["'school'", "parse.clean(source_pupil_id)"]) }} as record_id,
        parse.clean(source_pupil_id) as source_person_id,

        -- who
        parse.name(given_name) as given_name,
        parse.name(family_name) as family_name,
        parse.name(middle_names) as middle_names,
        parse.name(preferred_name) as preferred_name,
        parse.name(alias_family_name) as alias_family_name,
        parse.clean(title) as title,
        parse.try_date(date_of_birth, raw_school.date_formats('enrolment', 'date_of_birth'))
            as date_of_birth,
        parse.try_known_date(
            expected_date_of_birth, raw_school.date_formats('enrolment', 'expected_date_of_birth')
        ) as expected_date_of_birth,
        parse.try_known_date(date_of_death, raw_school.date_formats('enrolment', 'date_of_death'))
            as date_of_death,
        upper(parse.clean(sex)) as sex_code,
        upper(parse.clean(gender)) as gender_code,
        parse.nhs_number(nhs_number, true) as nhs_number,
        parse.upn(upn) as upn,
        parse.telephone(telephone) as telephone,
        parse.email(email) as email,

        -- where
        parse.clean(address_line_1) as address_line_1,
        parse.clean(address_line_2) as address_line_2,
        parse.clean(address_line_3) as address_line_3,
        parse.clean(address_line_4) as address_line_4,
        parse.clean(address_line_5) as address_line_5,
        parse.postcode(postcode) as postcode,
        parse.uprn(uprn) as uprn,
        lower(parse.clean(address_type)) as address_type,
        parse.try_known_date(address_start, raw_school.date_formats('enrolment', 'address_start'))
            as address_started_on,
        parse.try_known_date(address_end, raw_school.date_formats('enrolment', 'address_end'))
            as address_ended_on,
        parse.is_protected_address(address_type, is_sensitive, postcode) as is_protected_address,

        -- what
        upper(parse.clean(enrol_status)) as enrolment_status,
        parse.try_known_date(entry_date, raw_school.date_formats('enrolment', 'entry_date'))
            as entered_on,
        parse.try_known_date(leaving_date, raw_school.date_formats('enrolment', 'leaving_date'))
            as left_on,
        upper(parse.clean(nc_year_actual)) as year_group,

        -- whom to call
        parse.clean(school_urn) as school_urn,
        parse.clean(school_name) as school_name,
        parse.telephone(school_phone) as school_phone,
        parse.clean(dsl_name) as safeguarding_lead_name,
        parse.email(dsl_email) as safeguarding_lead_email,
        parse.telephone(dsl_phone) as safeguarding_lead_phone,

        -- audit
        _delivery_id as delivery_id,
        _row_number as row_number
    from source

)

select * from renamed
