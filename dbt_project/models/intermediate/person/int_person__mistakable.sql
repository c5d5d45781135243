-- Grain: one row per home and record that may be taken for somebody else of it, who bears its name
-- or its initial.

-- read where they stand, and not copied first: there are many of them
with comparable as not materialized (

    select * from {{ ref('int_person__comparable') }}

),

parameter as (

    select
        max(value) filter (where parameter = 'youngest_parent') as youngest_parent,
        (
            {{ as_of_date() }}
            - make_interval(years => max(value) filter (where parameter = 'own_home_age'))
        )::date as young_if_born_after
    from {{ ref('matching_parameter') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

-- two of one name, or nearly, whom one list names beside each other
beside as (

    select record_id
    from (
        select
            comparable.record_id,
            count(*) over (
                partition by
                    listed.list_key,
                    left(comparable.family_name, 3),
                    left(comparable.given_name, 3)
            ) as records
        from {{ ref('int_person__listed') }} as listed
        inner join comparable on listed.record_id = comparable.record_id
    ) as named
    where records > 1
    group by record_id

),

-- in homes that few share
resident as (

    select
        comparable.record_id,
        comparable.date_of_birth,
        comparable.age_class,
        comparable.child_born,
        comparable.child_keys,
        (
            select min(left(right(child.child_key, 8), 4))::integer
            from unnest(string_to_array(comparable.child_keys, '|')) as child (child_key)
            where starts_with(child.child_key, 'parent/')
        ) as first_parent_in,
        home.home_key,
        left(comparable.family_name, 3) as family_name_begins,
        left(comparable.given_name, 3) as given_name_begins
    from comparable
    cross join lateral unnest(string_to_array(comparable.home_keys, '|')) as home (home_key)
    where comparable.family_name is not null

),

-- the first known to be born of a family of the home
elder as (

    select
        home_key,
        family_name_begins,
        min(date_part('year', date_of_birth)) as first_born_in
    from resident
    group by home_key, family_name_begins

),

-- who bears a name in one home, or nearly: a child, one grown person or two; a parent names a child
-- after itself, and is not as young as its child's brother
namesake as (

    select
        resident.home_key,
        resident.family_name_begins,
        resident.given_name_begins,
        bool_or(resident.age_class = 'child') as has_young_namesake,
        case
            when
                min(date_part('year', resident.date_of_birth))
                filter (where not resident.child_born)
                < max(date_part('year', resident.date_of_birth))
                filter (where not resident.child_born)
                or min(resident.first_parent_in)
                < max(date_part('year', resident.date_of_birth))
                filter (where not resident.child_born)
                + (select parameter.youngest_parent from parameter)
                or bool_or(strpos(resident.child_keys, '/' || resident.given_name_begins) > 0)
                or bool_or(beside.record_id is not null)
                then 2
            when bool_or(resident.age_class = 'adult') then 1
        end as grown_namesakes,
        -- of a parent's name, and nobody knows that parent's age; who is a parent there is at home
        max(resident.date_of_birth) filter (where not resident.child_born)
        > (select parameter.young_if_born_after from parameter)
        and min(resident.first_parent_in) is null
        or max(date_part('year', resident.date_of_birth)) filter (where not resident.child_born)
        >= min(elder.first_born_in) + (select parameter.youngest_parent from parameter)
            as is_perhaps_with_parent
    from resident
    left join beside on resident.record_id = beside.record_id
    left join elder
        on
            resident.home_key = elder.home_key
            and resident.family_name_begins = elder.family_name_begins
    group by resident.home_key, resident.family_name_begins, resident.given_name_begins

),

namesakes as (

    select
        resident.home_key,
        resident.record_id,
        namesake.has_young_namesake,
        namesake.grown_namesakes,
        namesake.is_perhaps_with_parent
    from resident
    inner join namesake
        on
            resident.home_key = namesake.home_key
            and resident.family_name_begins = namesake.family_name_begins
            and resident.given_name_begins = namesake.given_name_begins
    where namesake.has_young_namesake or namesake.grown_namesakes is not null

),

-- grown people of one family name and initial, but of more than one given name, in any home
initial as (

    select
        located.home_key,
        comparable.family_name,
        left(comparable.given_name, 1) as initial
    from {{ ref('int_person__located') }} as located
    inner join comparable on located.record_id = comparable.record_id
    where length(comparable.given_name) > 1 and comparable.age_class is distinct from 'child'
    group by located.home_key, comparable.family_name, left(comparable.given_name, 1)
    having min(left(comparable.given_name, 3)) <> max(left(comparable.given_name, 3))

),

initials as (

    select
        located.home_key,
        located.record_id
    from {{ ref('int_person__located') }} as located
    inner join comparable on located.record_id = comparable.record_id
    inner join initial
        on
            located.home_key = initial.home_key
            and comparable.family_name = initial.family_name
            and left(comparable.given_name, 1) = initial.initial
    group by located.home_key, located.record_id

),

mistakable as (

    select
        coalesce(namesakes.home_key, initials.home_key) as home_key,
        coalesce(namesakes.record_id, initials.record_id) as record_id,
        initials.record_id is not null as is_initial_shared,
        coalesce(namesakes.has_young_namesake, false) as has_young_namesake,
        coalesce(namesakes.grown_namesakes, 0) as grown_namesakes,
        coalesce(namesakes.is_perhaps_with_parent, false) as is_perhaps_with_parent
    from namesakes
    full join initials
        on
            namesakes.home_key = initials.home_key
            and namesakes.record_id = initials.record_id

)

select * from mistakable
