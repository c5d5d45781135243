-- Grain: one row per person and feed of whom a row was set aside in the delivery in force.
--
-- The row that was set aside may be the only one of its record. Then the record is the person it
-- was when last published, or whoever has taken that person's place since. Of a record that was
-- never published, it may be about anybody who is known by the number, or by the names and the
-- birth date, that it states.

with record_set_aside as (

    select * from {{ ref('stg_quarantine__record_set_aside') }}

),

identity_set_aside as (

    select * from {{ ref('stg_quarantine__identity_set_aside') }}

),

record as (

    select * from {{ ref('int_person__unioned') }}

),

standardised as (

    select * from {{ ref('int_person__standardised') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

known_record as (

    select * from {{ ref('stg_published__known_record') }}

),

retired as (

    select * from {{ ref('int_person__retired') }}

),

attributed as (

    select
        record_set_aside.feed,
        case
            when identified.person_id is not null then identified.person_id
            when retired.retired_person_id is not null then retired.person_id
            else known_record.person_id
        end as person_id
    from record_set_aside
    left join identified on record_set_aside.record_id = identified.record_id
    left join known_record on record_set_aside.record_id = known_record.record_id
    left join retired on known_record.person_id = retired.retired_person_id

),

-- as the landing makes it of a row that it sets aside
stated as (

    select
        record_id,
        {{ hash_key(["'nhs_number'", "nhs_number"]) }} as identity_key
    from standardised
    where nhs_number is not null

    union all

    select
        record_id,
        {{ hash_key(["'upn'", "upn"]) }} as identity_key
    from standardised
    where upn is not null

    union all

    select
        record_id,
        {{ hash_key(["'upn'", "former_upn"]) }} as identity_key
    from standardised
    where former_upn is not null

    union all

    select
        record.record_id,
        {{
            hash_key([
                "'name'",
                "lower(record.given_name)",
                "lower(record.family_name)",
                "to_char(standardised.date_of_birth, 'YYYYMMDD')",
            ])
        }} as identity_key
    from record
    inner join standardised on record.record_id = standardised.record_id
    where standardised.date_of_birth is not null

),

recognised as (

    select
        identity_set_aside.feed,
        identified.person_id
    from identity_set_aside
    inner join stated on identity_set_aside.identity_key = stated.identity_key
    inner join identified on stated.record_id = identified.record_id

),

gathered as (

    select
        person_id,
        feed
    from attributed
    where person_id is not null

    union distinct

    select
        person_id,
        feed
    from recognised

)

select * from gathered
