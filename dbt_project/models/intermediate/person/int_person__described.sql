-- Grain: one row per person, with what rules about families need to know of them.
--
-- Of what the records state differently, the value that most of them state counts; of equally
-- frequent ones the first in order.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

record as (

    select * from {{ ref('int_person__unioned') }}

),

standardised as (

    select * from {{ ref('int_person__standardised') }}

),

sex as (

    select
        source_code,
        conformed_value
    from {{ ref('sex_gender_crosswalk') }}
    where source_scheme = 'any' and conformed_value in ('female', 'male')

),

described as (

    select
        identified.person_id,
        mode() within group (order by standardised.family_name) as family_name,
        mode() within group (order by standardised.date_of_birth) as date_of_birth,
        mode() within group (order by standardised.expected_date_of_birth)
            as expected_date_of_birth,
        mode() within group (order by standardised.date_of_death) as date_of_death,
        mode() within group (order by sex.conformed_value) as sex
    from identified
    inner join record on identified.record_id = record.record_id
    inner join standardised on identified.record_id = standardised.record_id
    left join sex on record.sex_code = sex.source_code
    group by identified.person_id

)

select * from described
