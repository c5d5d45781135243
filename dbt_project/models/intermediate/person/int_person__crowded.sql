-- Grain: one row per place that records of more family names have lived in than one home holds.
--
-- That two records lived there is no evidence that they are one person.

-- read where they stand, and not copied first: there are many of them
with record as not materialized (

    select * from {{ ref('int_person__standardised') }}
    where not is_set_aside

),

parameter as (

    select max(value) as largest_home
    from {{ ref('matching_parameter') }}
    where
        parameter = 'largest_home'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

place as (

    select
        record_id,
        home_key as place_key
    from {{ ref('int_person__located') }}
    union all
    select
        record_id,
        street_key as place_key
    from {{ ref('int_person__housed') }}
    where street_key is not null

),

crowded as (

    select place.place_key
    from place
    inner join record on place.record_id = record.record_id
    group by place.place_key
    having
        count(distinct record.family_name) > (select parameter.largest_home from parameter)

)

select * from crowded
