-- Grain: one row per person, attribute, value and feed that states it.
--
-- Of an adult whom a court or a service keeps from a child is told what is told of a protected one.

with ranked as (

    select * from {{ ref('int_person_attribute__ranked') }}

),

kept_away as (

    select * from {{ ref('int_person__kept_away') }}

),

shown_of_all as (

    select attribute from {{ ref('attribute') }}
    where is_shown_when_protected = 'Yes'

),

attribute as (

    select
        ranked.person_id::bigint as person_id,
        ranked.attribute::varchar(40) as attribute,  -- noqa: RF04
        left(ranked.stated_value, 255)::varchar(255) as stated_value,
        ranked.feed::varchar(40) as feed,
        (case when ranked.is_best then 'Yes' else 'No' end)::varchar(7) as is_best,
        (case when ranked.is_conflicting then 'Yes' else 'No' end)::varchar(7) as is_conflicting,
        ranked.standing::varchar(20) as standing,
        ranked.stated_on,
        ranked.record_count::integer as record_count,
        ranked.record_id::varchar(64) as record_id,
        ranked.delivery_id::bigint as delivery_id,
        ranked.source_table::varchar(60) as source_table,
        ranked.row_number::bigint as row_number
    from ranked
    left join kept_away on ranked.person_id = kept_away.person_id
    left join shown_of_all on ranked.attribute = shown_of_all.attribute
    where kept_away.person_id is null or shown_of_all.attribute is not null

)

select * from attribute
