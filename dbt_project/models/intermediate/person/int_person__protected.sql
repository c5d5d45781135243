-- Grain: one row per person whose address is protected.
--
-- Marked by any source, or still at a place that another source marks. Such a person has no address
-- at all: not the refuge, and no other home that would lead there.

with identified as (

    select * from {{ ref('int_person__identified') }}

),

ascribed as (

    select * from {{ ref('int_evidence__ascribed') }}

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

marked as (

    select record_id from {{ ref('int_address__unioned') }}
    where is_protected_address
    union
    select address.record_id
    from {{ ref('int_address__standardised') }} as address
    cross join parameter
    where
        address.is_protected_address
        and address.ended_on is null
        and not address.is_end_unreliable
        and coalesce(
            address.observed_on
            >= ({{ as_of_date() }} - make_interval(months => parameter.evidence_lookback))::date,
            true
        )

),

-- a record of mere evidence protects whom it tells of as well, and its own person in a search
protected as (

    select identified.person_id
    from marked
    inner join identified on marked.record_id = identified.record_id
    union
    select ascribed.person_id
    from marked
    inner join ascribed on marked.record_id = ascribed.record_id
    where ascribed.person_id is not null

)

select * from protected
