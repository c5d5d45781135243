-- Grain: one row per record and attribute that it states.
--
-- Values that are written differently and mean the same have one comparable_value. A number that
-- the council may not use is not stated, nor is a date that no birth can have.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

record as (

    select * from {{ ref('int_person__unioned') }}

),

standardised as (

    select * from {{ ref('int_person__standardised') }}

),

delivery as (

    select * from {{ ref('stg_ledger__delivery') }}

),

standing as (

    select * from {{ ref('attribute_standing') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

-- scheme any reads each code once, and Sex and Gender columns share their codes
sex_gender as (

    select
        source_code,
        case
            when conformed_value in ('male', 'female', 'indeterminate') then conformed_value
        end as sex,
        case
            when conformed_value in ('male', 'female', 'other') then conformed_value
            when conformed_value = 'indeterminate' then 'other'
        end as gender
    from {{ ref('sex_gender_crosswalk') }}
    where source_scheme = 'any'

),

listed as (

    select
        identified.person_id,
        record.record_id,
        record.feed,
        record.source_table,
        record.delivery_id,
        record.row_number,
        each.attribute,
        each.stated_value,
        each.comparable_value
    from record
    inner join identified on record.record_id = identified.record_id
    inner join standardised on record.record_id = standardised.record_id
    left join sex_gender as sex on record.sex_code = sex.source_code
    left join sex_gender as gender on record.gender_code = gender.source_code
    cross join
        lateral (
            values
            ('given_name', record.given_name, standardised.given_name),
            ('middle_names', record.middle_names, upper(record.middle_names)),
            ('preferred_name', record.preferred_name, upper(record.preferred_name)),
            ('family_name', record.family_name, standardised.family_name),
            (
                'other_family_name', record.alias_family_name,
                replace(standardised.alias_family_name_words, ' ', '')
            ),
            (
                'date_of_birth', to_char(standardised.date_of_birth, 'YYYY-MM-DD'),
                to_char(standardised.date_of_birth, 'YYYY-MM-DD')
            ),
            (
                'expected_date_of_birth',
                to_char(standardised.expected_date_of_birth, 'YYYY-MM-DD'),
                to_char(standardised.expected_date_of_birth, 'YYYY-MM-DD')
            ),
            (
                'date_of_death', to_char(standardised.date_of_death, 'YYYY-MM-DD'),
                to_char(standardised.date_of_death, 'YYYY-MM-DD')
            ),
            ('sex', sex.sex, sex.sex),
            ('gender', gender.gender, gender.gender),
            ('nhs_number', standardised.nhs_number, standardised.nhs_number),
            ('upn', standardised.upn, standardised.upn),
            ('former_upn', standardised.former_upn, standardised.former_upn),
            ('telephone', record.telephone, record.telephone),
            ('email', record.email, record.email)
        ) as each (attribute, stated_value, comparable_value)  -- noqa: RF04
    where each.stated_value is not null

),

-- what stands in the place of a name can be compared with nothing
stated as (

    select
        listed.person_id,
        listed.record_id,
        listed.feed,
        listed.attribute,
        listed.stated_value,
        listed.comparable_value,
        case
            when listed.comparable_value is null then 'placeholder'
            else coalesce(standing.standing, 'observed')
        end as standing,
        delivery.extracted_at::date as stated_on,
        listed.delivery_id,
        listed.source_table,
        listed.row_number
    from listed
    left join delivery on listed.delivery_id = delivery.delivery_id
    left join standing
        on
            listed.attribute = standing.attribute
            and listed.feed = standing.feed
            and listed.source_table = standing.source_table

)

select * from stated
