-- Grain: one row per person, address and unbroken stretch of living there.
--
-- A stay in a dwelling, or an address of which no dwelling can be made: then nobody can say whether
-- it is the present one. What feeds state against one another is kept, and said. The register ends
-- at the council's boundary: in whose postcodes it holds nothing lies outside.

with stay as (

    select * from {{ ref('int_household__stayed') }}

),

household as (

    select * from {{ ref('int_household__typed') }}

),

attributed as (

    select * from {{ ref('int_address__attributed') }}

),

resolved as (

    select * from {{ ref('int_household__resolved') }}

),

council as not materialized (

    select gss_code from {{ ref('council') }}

),

property as not materialized (

    select * from {{ ref('int_property__classified') }}

),

held_postcode as (

    select
        property.postcode,
        bool_or(coalesce(property.gss_code, council.gss_code) = council.gss_code) as is_in_area
    from property
    cross join council
    where property.postcode is not null
    group by property.postcode

),

address as (

    select
        attributed.person_id,
        resolved.household_id,
        address.*,
        case address.uprn_found_by
            when 'source' then 1
            when 'register_exact' then 2
            when 'register_without_unit' then 3
            else 4
        end as found_order
    from {{ ref('int_address__standardised') }} as address
    inner join attributed on address.record_id = attributed.record_id
    left join resolved on address.address_spell_id = resolved.address_spell_id
    where not address.is_protected_address

),

-- the best that is known of the property number, among the spells of the stay
numbered as (

    select
        person_id,
        household_id,
        (array_agg(uprn_found_by order by found_order asc))[1] as uprn_found_by,
        min(uprn_doubt) as uprn_doubt
    from address
    where household_id is not null
    group by person_id, household_id

),

lived as (

    select
        stay.household_member_id as person_address_id,
        stay.person_id,
        stay.household_id,
        household.address_text,
        household.postcode,
        household.uprn,
        numbered.uprn_found_by,
        numbered.uprn_doubt,
        household.property_kind,
        stay.started_on,
        stay.ended_on,
        stay.last_known_on,
        stay.is_current,
        stay.is_disputed,
        stay.sources,
        stay.source_count
    from stay
    inner join household on stay.household_id = household.household_id
    inner join numbered
        on stay.person_id = numbered.person_id and stay.household_id = numbered.household_id

),

unplaced as (

    select
        {{ hash_key(["person_id::text", "address_text"]) }} as person_address_id,
        person_id,
        null::bigint as household_id,
        address_text,
        min(postcode) as postcode,
        min(uprn) as uprn,
        (array_agg(uprn_found_by order by found_order asc))[1] as uprn_found_by,
        min(uprn_doubt) as uprn_doubt,
        min(property_kind) as property_kind,
        min(started_on) as started_on,
        case when bool_and(ended_on is not null) then max(ended_on) end as ended_on,
        max(coalesce(ended_on, observed_on, started_on)) as last_known_on,
        case when bool_and(ended_on is not null or is_end_unreliable) then false end as is_current,
        false as is_disputed,
        string_agg(distinct feed, ', ' order by feed) as sources,
        count(distinct feed)::integer as source_count
    from address
    where
        household_id is null
        and address_text is not null
        and coalesce(address_type, '') <> 'correspondence'
    group by person_id, address_text

),

unioned as (

    select * from lived
    union all
    select * from unplaced

),

ranked as (

    select
        unioned.*,
        -- without a register, or a postcode, nobody can say
        case
            when held.uprn is not null then coalesce(held.gss_code = council.gss_code, true)
            when held_postcode.postcode is not null then held_postcode.is_in_area
            when unioned.postcode is not null and exists (select from property) then false
        end as is_in_area,
        bool_or(unioned.is_current) over (partition by unioned.person_id) as has_current,
        rank() over (
            partition by unioned.person_id order by unioned.last_known_on desc nulls last
        ) as place
    from unioned
    cross join council
    left join property as held on unioned.uprn = held.uprn
    left join held_postcode on unioned.postcode = held_postcode.postcode

),

gathered as (

    select
        person_address_id,
        person_id,
        household_id,
        address_text,
        postcode,
        uprn,
        uprn_found_by,
        uprn_doubt,
        property_kind,
        started_on,
        ended_on,
        -- what is known to this day has no last day that would change every night
        nullif(last_known_on, 'infinity') as last_known_on,
        is_current,
        has_current is not true and place = 1 and last_known_on is not null as is_last_known,
        is_disputed,
        is_in_area,
        sources,
        source_count
    from ranked

)

select * from gathered
