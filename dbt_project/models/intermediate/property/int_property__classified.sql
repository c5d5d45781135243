-- Grain: one row per property of the council's address register.
--
-- A shell, or a number above several others, is a building and nobody's home. What kind of place
-- it is counts first: the rooms of a care home do not make homes of it.

with sent as (

    select distinct on (uprn) * from {{ ref('stg_llpg__property') }}
    where uprn is not null
    order by uprn asc, delivery_id desc, row_number desc

),

property as (

    select * from sent
    where coalesce(property_status, '') <> 'rejected'

),

shell as (

    select parent_uprn as uprn from property
    group by parent_uprn
    having count(*) > 1

),

class as (

    select distinct on (property.uprn)
        property.uprn,
        property_class.property_kind,
        property_class.lived_in_as
    from property
    inner join {{ ref('property_class') }} as property_class
        on starts_with(property.class_code, property_class.class_code)
    order by property.uprn asc, length(property_class.class_code) desc

),

classified as (

    select
        property.uprn,
        property.parent_uprn,
        property.house_number,
        property.unit,
        property.street,
        property.postcode,
        property.gss_code,
        coalesce(class.property_kind, case when shell.uprn is not null then 'building' end)
            as property_kind,
        case
            when class.lived_in_as = 'communal' then 'communal'
            when shell.uprn is not null then 'building'
            else class.lived_in_as
        end as lived_in_as,
        coalesce(property.property_status, '') <> 'historic' as is_standing
    from property
    left join shell on property.uprn = shell.uprn
    left join class on property.uprn = class.uprn

)

select * from classified
