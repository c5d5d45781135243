-- Grain: one row per child whose family is shown: under age on the as-of date, or not yet born.
--
-- Where only an expected date is held, it stands for the birth date: some systems put an estimated
-- one there. Whose age nobody knows is no subject, and may be a member. So is whom no service of
-- this council knows: the neighbour has that child's list.

with person as (

    select * from {{ ref('int_person__described') }}

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

outlying as (

    select * from {{ ref('int_person__outlying') }}

),

centred as (

    select
        person.person_id as child_id,
        coalesce(person.date_of_birth, person.expected_date_of_birth) as born_on
    from person
    cross join parameter
    left join outlying on person.person_id = outlying.person_id
    where
        outlying.person_id is null
        and
        coalesce(person.date_of_birth, person.expected_date_of_birth)
        > ({{ as_of_date() }} - make_interval(years => parameter.adult_age))::date
        and (person.date_of_birth is null or person.date_of_birth <= {{ as_of_date() }})
        and (person.date_of_death is null or person.date_of_death > {{ as_of_date() }})

)

select * from centred
