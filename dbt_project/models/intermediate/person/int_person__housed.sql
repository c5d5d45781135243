-- Grain: one row per record of which an address is known: where it lives or lived.
--
-- Several values of one kind stand in one text, with | between them. Of its homes, in each way that
-- they can be recognised, tells int_person__located.

-- read where they stand, and not copied first: there are many of them
with address as not materialized (

    select * from {{ ref('int_address__standardised') }}

),

spell as (

    select
        record_id,
        string_agg(distinct unit, '|' order by unit) as units,
        string_agg(distinct postcode, '|' order by postcode)
        filter (where not is_protected_address) as postcodes,
        bool_or(is_protected_address) as is_address_protected
    from address
    group by record_id

),

-- where a record was last known to live, as it is written
last_home as (

    select distinct on (record_id)
        record_id,
        house_number,
        coalesce(street, resolution.words(address_line_1)) as street,
        resolution.words(
            coalesce(address_line_5, address_line_4, address_line_3, address_line_2)
        ) as locality
    from address
    where not is_protected_address
    order by
        record_id asc,
        ended_on desc nulls first,
        started_on desc nulls last,
        address_spell_id asc

),

housed as (

    select
        spell.record_id,
        spell.units,
        spell.postcodes,
        last_home.house_number,
        last_home.street,
        last_home.locality,
        -- begins as no key of a home does
        '/' || last_home.house_number || '/' || last_home.street as street_key,
        spell.is_address_protected
    from spell
    left join last_home on spell.record_id = last_home.record_id

)

select * from housed
