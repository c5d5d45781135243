-- Grain: one row per person, address and unbroken stretch of living there.
--
-- Of an adult whom a court or a service keeps from a child no address is told.

with gathered as (

    select * from {{ ref('int_person_address__gathered') }}

),

kept_away as (

    select * from {{ ref('int_person__kept_away') }}

),

person_address as (

    select
        gathered.person_address_id,
        gathered.person_id,
        gathered.household_id,
        left(gathered.address_text, 300)::varchar(300) as address_text,
        gathered.postcode::varchar(8) as postcode,
        gathered.uprn::varchar(12) as uprn,
        gathered.uprn_found_by::varchar(30) as uprn_found_by,
        gathered.uprn_doubt::varchar(30) as uprn_doubt,
        gathered.property_kind::varchar(40) as property_kind,
        gathered.started_on,
        gathered.ended_on,
        gathered.last_known_on,
        (
            case
                when gathered.is_current is null then 'Unknown'
                when gathered.is_current then 'Yes'
                else 'No'
            end
        )::varchar(7) as is_current,
        (case when gathered.is_last_known then 'Yes' else 'No' end)::varchar(7) as is_last_known,
        (case when gathered.is_disputed then 'Yes' else 'No' end)::varchar(7) as is_disputed,
        left(gathered.sources, 200)::varchar(200) as sources,
        gathered.source_count
    from gathered
    left join kept_away on gathered.person_id = kept_away.person_id
    where kept_away.person_id is null

)

select * from person_address
