-- Grain: one row per record, and whether we hold enough to find its person in other records.
--
-- "None found" is said only of people who could have been found. The first reason that holds is
-- given.

with record as (

    select * from {{ ref('int_person__standardised') }}

),

home as (

    select record_id from {{ ref('int_person__located') }}
    group by record_id

),

contact as (

    select record_id from {{ ref('int_person__comparable') }}
    where telephone is not null or email is not null

),

unsearched as (

    select record_id from {{ ref('int_person__unsearched') }}

),

judged as (

    select
        record.record_id,
        case
            when record.is_set_aside then 'set_aside'
            when
                record.date_of_birth is null
                and record.expected_date_of_birth >= {{ as_of_date() }}
                then 'unborn'
            -- without a birth date it takes both names, a home and a contact to be found
            when
                record.date_of_birth is null
                and (
                    not record.has_both_names
                    or home.record_id is null
                    or contact.record_id is null
                )
                then 'no_birth_date'
            when
                record.is_name_placeholder
                and coalesce(record.nhs_number, record.upn, record.former_upn) is null
                then 'name_placeholder'
            when coalesce(record.given_name, record.family_name) is null then 'no_name'
            when
                coalesce(record.nhs_number, record.upn, record.former_upn) is null
                and not record.has_both_names
                then 'no_name'
            when
                coalesce(record.nhs_number, record.upn, record.former_upn) is null
                and home.record_id is null
                then 'no_address_and_no_number'
            when
                coalesce(record.nhs_number, record.upn, record.former_upn) is null
                and record.is_only_year_of_birth_known
                then 'only_year_of_birth_known'
            when unsearched.record_id is not null then 'too_many_alike'
        end as not_matchable_reason
    from record
    left join home on record.record_id = home.record_id
    left join contact on record.record_id = contact.record_id
    left join unsearched on record.record_id = unsearched.record_id

),

matchable as (

    select
        record_id,
        not_matchable_reason is null as is_matchable,
        not_matchable_reason
    from judged

)

select * from matchable
