-- Grain: one row per person whose present home is known.
--
-- Whom the family knows by another record is not there twice.

with stay as (

    select * from {{ ref('int_household__stayed') }}
    where is_current

),

household as (

    select * from {{ ref('int_household__typed') }}

),

recognised as (

    select * from {{ ref('int_relationship__recognised') }}

),

housed as (

    select
        stay.person_id,
        stay.household_id,
        stay.started_on,
        -- who alone says where a member lives is one voice with what they say of ties
        case when stay.source_count = 1 then stay.sources else 'addresses' end as feed,
        household.communal_reason is not null as is_communal
    from stay
    inner join household on stay.household_id = household.household_id
    left join recognised on stay.person_id = recognised.contact_person_id
    where recognised.contact_person_id is null

)

select * from housed
