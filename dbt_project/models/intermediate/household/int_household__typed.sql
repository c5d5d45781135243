-- Grain: one row per dwelling, with what kind of household lives there.
--
-- Strangers behind one door are never shown as a family: a dwelling is communal when the address
-- register or its name says so, when too many people live there, or when they share too few
-- surnames. A class that says household does not outweigh who lives there: the register is late.

with stay as not materialized (

    select * from {{ ref('int_household__stayed') }}

),

spell as not materialized (

    select * from {{ ref('int_household__resolved') }}

),

-- a school contact who is somebody else's record too is counted once
recognised as (

    select * from {{ ref('int_relationship__recognised') }}

),

person as (

    select * from {{ ref('int_person__described') }}

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

-- where the register says what a place is, and not how many it holds
occupancy as (

    select * from {{ ref('occupancy') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

communal_word as (

    select * from {{ ref('communal_word') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

place as (

    select
        household_id,
        mode() within group (order by address_text) as address_text,
        mode() within group (order by postcode) as postcode,
        mode() within group (order by uprn) as uprn,
        mode() within group (order by property_kind) as property_kind,
        bool_or(coalesce(lived_in_as = 'communal', false)) as is_communal,
        bool_or(coalesce(address_type, '') = 'hostel') as is_hostel
    from spell
    where household_id in (select stay.household_id from stay)
    group by household_id

),

-- each way in which a dwelling is written is asked for every word
written as (

    select
        household_id,
        lower(address_text) as address_text
    from spell
    group by household_id, lower(address_text)

),

named as (

    select distinct written.household_id
    from written
    inner join communal_word
        on written.address_text like '%' || lower(communal_word.communal_word) || '%'

),

occupant as (

    select
        stay.household_id,
        person.comparable_family_name as family_name,
        person.date_of_birth,
        -- of whom no birth date is known is taken for grown up: landlords and schools know few
        coalesce(
            person.date_of_birth
            <= ({{ as_of_date() }} - make_interval(years => parameter.adult_age))::date,
            true
        ) as is_adult
    from stay
    inner join person on stay.person_id = person.person_id
    cross join parameter
    left join recognised on stay.person_id = recognised.contact_person_id
    where stay.is_current and recognised.contact_person_id is null

),

counted as (

    select
        household_id,
        count(*)::integer as people,
        count(*) filter (where is_adult) as adults,
        count(*) filter (where not is_adult) as children,
        bool_and(date_of_birth is not null) as is_every_age_known,
        min(date_of_birth) as eldest_born_on,
        max(date_of_birth) as youngest_born_on,
        count(distinct family_name) as surnames,
        count(distinct family_name) filter (where date_of_birth is not null) as dated_surnames,
        count(distinct family_name) filter (where is_adult) as adult_surnames
    from occupant
    group by household_id

),

typed as (

    select
        place.household_id,
        place.property_kind,
        case
            when place.is_communal then 'register'
            when place.is_hostel or named.household_id is not null then 'name'
            when counted.people > coalesce(occupancy.people, parameter.communal_people)
                then 'people'
            when
                counted.adults > parameter.communal_adults
                and counted.surnames > parameter.communal_surnames
                then 'adults and surnames'
            when
                counted.adults >= parameter.unrelated_adults
                and counted.adult_surnames = counted.adults
                then 'unrelated adults'
            -- young people of several families, and nobody old enough to bring them up. One whose
            -- age nobody knows may be their parent, unless all are old enough to live without
            when
                counted.children > 0
                and counted.surnames > 1
                and counted.eldest_born_on + make_interval(years => parameter.upbringing_years)
                > counted.youngest_born_on
                and (
                    counted.is_every_age_known
                    or (
                        counted.dated_surnames > parameter.independent_surnames
                        and counted.youngest_born_on
                        <= {{ as_of_date() }} - make_interval(years => parameter.independent_age)
                    )
                )
                then 'young people'
        end as communal_reason,
        place.address_text,
        place.postcode,
        place.uprn,
        coalesce(counted.people, 0) as occupant_count
    from place
    cross join parameter
    left join named on place.household_id = named.household_id
    left join counted on place.household_id = counted.household_id
    left join occupancy on place.property_kind = occupancy.property_kind

)

select * from typed
