-- Grain: one row per person, as the records about them state it.
--
-- Of what the records state differently, the value that most of them state counts; of equally
-- frequent ones the first in order, so that the same records always say the same.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

record as (

    select * from {{ ref('int_person__unioned') }}

),

standardised as (

    select * from {{ ref('int_person__standardised') }}

),

matchable as (

    select * from {{ ref('int_person__matchable') }}

),

-- scheme any reads each code once, and Sex and Gender columns share their codes
sex_gender as (

    select
        source_code,
        conformed_value
    from {{ ref('sex_gender_crosswalk') }}
    where source_scheme = 'any'

),

address as (

    select
        record_id,
        bool_or(is_protected_address) as is_protected_address
    from {{ ref('int_address__standardised') }}
    group by record_id

),

stated as (

    select
        identified.person_id,
        record.record_id,
        record.feed,
        record.given_name,
        record.family_name,
        -- what stands in the place of a name is shown only when nothing better is known
        standardised.given_name is not null as has_given_name,
        standardised.family_name is not null as has_family_name,
        standardised.family_name as comparable_family_name,
        standardised.date_of_birth,
        standardised.expected_date_of_birth,
        standardised.date_of_death,
        case
            when sex.conformed_value in ('male', 'female', 'indeterminate') then sex.conformed_value
        end as sex,
        case
            when gender.conformed_value in ('male', 'female', 'other') then gender.conformed_value
            when gender.conformed_value = 'indeterminate' then 'other'
        end as gender,
        matchable.is_matchable,
        matchable.not_matchable_reason,
        address.is_protected_address
    from identified
    inner join record on identified.record_id = record.record_id
    inner join standardised on identified.record_id = standardised.record_id
    inner join matchable on identified.record_id = matchable.record_id
    left join address on identified.record_id = address.record_id
    left join sex_gender as sex on record.sex_code = sex.source_code
    left join sex_gender as gender on record.gender_code = gender.source_code

),

described as (

    select
        person_id,
        coalesce(
            mode() within group (order by given_name) filter (where has_given_name),
            mode() within group (order by given_name)
        ) as given_name,
        coalesce(
            mode() within group (order by family_name) filter (where has_family_name),
            mode() within group (order by family_name)
        ) as family_name,
        mode() within group (order by comparable_family_name) as comparable_family_name,
        mode() within group (order by date_of_birth) as date_of_birth,
        mode() within group (order by expected_date_of_birth) as expected_date_of_birth,
        mode() within group (order by date_of_death) as date_of_death,
        mode() within group (order by sex) as sex,
        mode() within group (order by gender) as gender,
        bool_or(has_given_name) as has_given_name,
        bool_or(is_matchable) as is_matchable,
        min(not_matchable_reason) as not_matchable_reason,
        bool_or(is_protected_address) as is_protected_address,
        count(*) as record_count,
        count(distinct feed) as feed_count
    from stated
    group by person_id

)

select * from described
