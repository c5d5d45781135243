-- Grain: one row per record and blocking key: records that share one are worth comparing.

with record as (

    select * from {{ ref('int_person__standardised') }}
    where not is_set_aside

),

keyed as (

    select
        record_id,
        'nhs_number' as key_type,
        nhs_number as blocking_key
    from record
    where nhs_number is not null
    union all
    select
        record_id,
        'upn' as key_type,
        upn as blocking_key
    from record
    where upn is not null
    union all
    select
        record_id,
        'upn' as key_type,
        former_upn as blocking_key
    from record
    where former_upn is not null and former_upn is distinct from upn
    union all
    -- in whichever order the two names were written down
    select
        record_id,
        'name_and_birth_date' as key_type,
        concat_ws(
            '/', date_of_birth, least(given_name, family_name), greatest(given_name, family_name)
        ) as blocking_key
    from record
    where date_of_birth is not null and given_name is not null and family_name is not null
    union all
    select
        record.record_id,
        'given_name_and_home' as key_type,
        concat_ws('/', record.date_of_birth, record.given_name, located.home_key) as blocking_key
    from record
    inner join {{ ref('int_person__located') }} as located on record.record_id = located.record_id
    where record.date_of_birth is not null and length(record.given_name) > 1

)

select * from keyed
