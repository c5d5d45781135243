{{ config(meta={"dagster": {"ref": {"name": "household_member"}}}) }}

-- An address that is shown can cost a life. Whoever has one protected address has none that is
-- shown and none that a search finds, and no household is made of a protected place, whichever feed
-- knows it.

with protected as (

    select * from {{ ref('int_address__unioned') }}
    where is_protected_address

),

protected_person as (

    select record.person_id
    from protected
    inner join {{ ref('int_person__identified') }} as record
        on protected.record_id = record.record_id

),

protected_place as (

    select
        postcode,
        parse.house_number(
            concat_ws(
                ', ', address_line_1, address_line_2, address_line_3, address_line_4, address_line_5
            )
        ) as house_number
    from protected
    where address_type ilike '%refuge%' and postcode is not null

),

-- reading an address takes long: only those of the postcode are read, and once
shown as materialized (

    select
        household_id,
        postcode,
        address_text
    from {{ ref('person_address') }}
    where postcode in (select protected_place.postcode from protected_place)
    union all
    select
        household_id,
        postcode,
        address_text
    from {{ ref('household') }}
    where postcode in (select protected_place.postcode from protected_place)

)

select household_id
from {{ ref('household_member') }}
where person_id in (select protected_person.person_id from protected_person)
union all
select household_id
from {{ ref('person_address') }}
where person_id in (select protected_person.person_id from protected_person)
union all
select shown.household_id
from shown
inner join protected_place
    on
        shown.postcode = protected_place.postcode
        and parse.house_number(shown.address_text) = protected_place.house_number
union all
select record.person_id as household_id
from {{ ref('search_record') }} as searched
inner join {{ ref('person_source_record') }} as record on searched.record_id = record.record_id
where
    record.person_id in (select protected_person.person_id from protected_person)
    and coalesce(
        searched.postcodes, searched.home_keys, searched.street, searched.telephone, searched.email
    ) is not null
