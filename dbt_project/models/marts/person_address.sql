-- Grain: one row per person, address and unbroken stretch of living there.

with gathered as (

    select * from {{ ref('int_person_address__gathered') }}

),

person_address as (

    select
        person_address_id,
        person_id,
        household_id,
        left(address_text, 300)::varchar(300) as address_text,
        postcode::varchar(8) as postcode,
        uprn::varchar(12) as uprn,
        uprn_found_by::varchar(30) as uprn_found_by,
        uprn_doubt::varchar(30) as uprn_doubt,
        property_kind::varchar(40) as property_kind,
        started_on,
        ended_on,
        last_known_on,
        (
            case
                when is_current is null then 'Unknown'
                when is_current then 'Yes'
                else 'No'
            end
        )::varchar(7) as is_current,
        (case when is_last_known then 'Yes' else 'No' end)::varchar(7) as is_last_known,
        (case when is_disputed then 'Yes' else 'No' end)::varchar(7) as is_disputed,
        left(sources, 200)::varchar(200) as sources,
        source_count
    from gathered

)

select * from person_address
