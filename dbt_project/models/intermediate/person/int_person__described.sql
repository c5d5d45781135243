-- Grain: one row per person, as the records about them state it.
--
-- Which of several values counts is decided by int_person_attribute__ranked.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

record as (

    select * from {{ ref('int_person__unioned') }}

),

attribute as (

    select * from {{ ref('int_person_attribute__ranked') }}
    where is_best

),

matchable as (

    select * from {{ ref('int_person__matchable') }}

),

undecided as (

    select * from {{ ref('int_person__undecided') }}

),

address as (

    select
        record_id,
        bool_or(is_protected_address) as is_protected_address
    from {{ ref('int_address__standardised') }}
    group by record_id

),

counted as (

    select
        identified.person_id,
        bool_or(matchable.is_matchable) as is_matchable,
        min(matchable.not_matchable_reason) as not_matchable_reason,
        bool_or(address.is_protected_address) as is_protected_address,
        count(*) as record_count,
        count(distinct record.feed) as feed_count
    from identified
    inner join record on identified.record_id = record.record_id
    inner join matchable on identified.record_id = matchable.record_id
    left join address on identified.record_id = address.record_id
    group by identified.person_id

),

-- of one name in several spellings the one that most records of a feed share
valued as (

    select
        person_id,
        (
            max(array[lpad(record_count::text, 9, '0'), stated_value])
            filter (where attribute = 'given_name')
        )[2] as given_name,
        (
            max(array[lpad(record_count::text, 9, '0'), stated_value])
            filter (where attribute = 'family_name')
        )[2] as family_name,
        max(comparable_value) filter (where attribute = 'family_name')
            as comparable_family_name,
        max(stated_value) filter (where attribute = 'date_of_birth') as date_of_birth,
        max(stated_value) filter (where attribute = 'expected_date_of_birth')
            as expected_date_of_birth,
        max(stated_value) filter (where attribute = 'date_of_death') as date_of_death,
        max(stated_value) filter (where attribute = 'sex') as sex,
        max(stated_value) filter (where attribute = 'gender') as gender,
        bool_or(attribute = 'given_name' and comparable_value is not null) as has_given_name
    from attribute
    group by person_id

),

described as (

    select
        counted.person_id,
        valued.given_name,
        valued.family_name,
        valued.comparable_family_name,
        valued.date_of_birth::date as date_of_birth,
        valued.expected_date_of_birth::date as expected_date_of_birth,
        valued.date_of_death::date as date_of_death,
        valued.sex,
        valued.gender,
        coalesce(valued.has_given_name, false) as has_given_name,
        counted.is_matchable and undecided.person_id is null as is_matchable,
        case
            when counted.is_matchable and undecided.person_id is not null then 'not_told_apart'
            else counted.not_matchable_reason
        end as not_matchable_reason,
        counted.is_protected_address,
        counted.record_count,
        counted.feed_count
    from counted
    left join valued on counted.person_id = valued.person_id
    left join undecided on counted.person_id = undecided.person_id

)

select * from described
