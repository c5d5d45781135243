-- How good the claims are: one row per population and measure, as counts of pairs or of children.
-- A share is hit of whole. Reads the tables of truth.sql.

create temp table measured as
with population as (

    select 'known to social care or early help' as population, id as child from child where is_known
    union all
    select 'all children', id from child

),

-- what a pair of a kind is, and what has to be claimed for it
kind as (

    select *
    from (
        values
        (
            'child and adult', true, array[
                'mother', 'father', 'step_parent', 'carer', 'special_guardian', 'foster_carer',
                'shares the home'
            ], null::text[]
        ),
        (
            'child and key adult', true, array[
                'mother', 'father', 'step_parent', 'carer', 'special_guardian', 'foster_carer',
                'partner of a parent'
            ], array['parent', 'carer', 'parent_partner', 'carer_partner']
        ),
        (
            'child and grandparent', true, array[
                'maternal_grandmother', 'maternal_grandfather', 'paternal_grandmother',
                'paternal_grandfather'
            ], array['grandparent']
        ),
        (
            'child and brother or sister', null, array['sibling', 'half_sibling', 'twin'],
            array['sibling']
        ),
        (
            'child and stepbrother or stepsister', null, array['step_sibling'],
            array['step_sibling']
        ),
        (
            'child and child', false, array['sibling', 'half_sibling', 'twin', 'shares the home'],
            null
        )
    ) as each (measure, is_adult, kinds, groups)

),

truly as (

    select distinct
        kind.measure,
        family.child,
        family.member,
        family.is_of_service
    from family
    inner join kind
        on
            family.kind = any(kind.kinds)
            and coalesce(kind.is_adult = family.is_adult, true)

),

-- whoever is called a parent must be one, and now; where nothing is said, it is enough to be kin
said as (

    select distinct
        kind.measure,
        claimed.child,
        claimed.member,
        case when kind.groups is null then claimed.is_kin else truly.child is not null end
            as is_right
    from claimed
    inner join kind
        on
            coalesce(kind.is_adult = claimed.is_adult, true)
            and coalesce(
                claimed.relationship_group = any(kind.groups)
                and claimed.relation not like 'Former %',
                true
            )
    left join truly
        on
            kind.measure = truly.measure
            and claimed.child = truly.child
            and claimed.member = truly.member

),

recall as (

    select
        population.population,
        truly.measure || ', recall' as measure,
        count(said.child) as hit,
        count(*) as whole
    from truly
    inner join population on truly.child = population.child
    left join (select distinct child, member from claimed) as said
        on truly.child = said.child and truly.member = said.member
    where truly.is_of_service
    group by population.population, truly.measure

),

precision_of as (

    select
        population.population,
        said.measure || ', precision' as measure,
        count(*) filter (where said.is_right) as hit,
        count(*) as whole
    from said
    inner join population on said.child = population.child
    group by population.population, said.measure

),

-- the right adults: who brings the child up, by law or in fact
right_adult as (

    select distinct
        child,
        member
    from truly
    where measure = 'child and key adult'

),

placed as (

    select
        claimed.child_id,
        claimed.child,
        claimed.member,
        claimed.is_kin,
        row_number() over (partition by claimed.child_id order by claimed.member_order) as place
    from claimed
    where claimed.is_adult

),

each_child as (

    select
        population.population,
        population.child,
        bool_or(placed.place <= 2 and right_adult.child is not null) as is_right_in_two,
        bool_or(placed.place = 1 and not placed.is_kin) as is_wrong_first,
        bool_or(placed.is_kin) as is_any_found,
        count(placed.member) > count(distinct (placed.child_id, placed.member)) as is_anybody_twice,
        count(distinct placed.child_id) > 1 as is_in_two
    from population
    left join placed on population.child = placed.child
    left join right_adult
        on placed.child = right_adult.child and placed.member = right_adult.member
    where population.child in (select right_adult.child from right_adult)
    group by population.population, population.child

),

of_children as (

    select
        population,
        each.measure,
        count(*) filter (where each.is_so) as hit,
        count(*) as whole
    from each_child
    cross join lateral (
        values
        ('a right adult among the first two', coalesce(is_right_in_two, false)),
        ('no adult found, of children who have one here', not coalesce(is_any_found, false)),
        ('a stranger is the first adult', coalesce(is_wrong_first, false)),
        ('an adult is shown twice in a list', coalesce(is_anybody_twice, false)),
        ('a child is held as two, with two lists', coalesce(is_in_two, false))
    ) as each (measure, is_so)
    group by population, each.measure

),

-- two rows of a list, and whether they are told to be perhaps one person; the child is one of them
shown as (

    select
        population.population,
        family_member.child_id,
        family_member.member_id,
        family_member.perhaps_member_ids,
        member_person.true_person_id as member
    from marts.family_member
    inner join person as child_person on family_member.child_id = child_person.person_id
    inner join population on child_person.true_person_id = population.child
    inner join person as member_person on family_member.member_id = member_person.person_id

),

shown_pair as (

    select
        one.population,
        one.member = other.member as is_one,
        coalesce(
            other.member_id::text = any(string_to_array(one.perhaps_member_ids, ', ')), false
        ) as is_told
    from shown as one
    inner join shown as other
        on
            one.population = other.population
            and one.child_id = other.child_id
            and one.member_id < other.member_id

),

perhaps as (

    select
        population,
        'two rows of one person, told to be perhaps one' as measure,
        count(*) filter (where is_one and is_told) as hit,
        count(*) filter (where is_one) as whole
    from shown_pair
    group by population
    union all
    select
        population,
        'told to be perhaps one person, and is',
        count(*) filter (where is_one and is_told),
        count(*) filter (where is_told)
    from shown_pair
    group by population

),

-- on which side of the boundary a member lives
sided as (

    select distinct
        shown.population,
        shown.member_id,
        summarised.home_area = 'outside' as is_said_outside,
        truth_dwelling.is_in_area = 'No' as is_outside
    from shown
    inner join intermediate.int_person_address__summarised as summarised
        on shown.member_id = summarised.person_id
    inner join home on shown.member = home.id
    inner join truth_dwelling on home.dwelling_id = truth_dwelling.dwelling_id

),

of_area as (

    select
        population,
        'said to live outside the area, and does' as measure,
        count(*) filter (where is_outside) as hit,
        count(*) as whole
    from sided
    where is_said_outside
    group by population
    union all
    select
        population,
        'lives outside the area, and is said to',
        count(*) filter (where is_said_outside),
        count(*)
    from sided
    where is_outside
    group by population

),

-- what must never be
never as (

    select
        'strangers of one institution shown' as measure,
        count(*) as hit
    from claimed
    inner join home on claimed.child = home.id and not home.is_of_one_household
    inner join home as member_home
        on claimed.member = member_home.id and home.dwelling_id = member_home.dwelling_id
    where not claimed.is_kin
    union all
    select
        'strangers of another pitch shown',
        count(*)
    from claimed
    inner join home on claimed.child = home.id
    inner join home as member_home
        on claimed.member = member_home.id and home.site = member_home.site
    where not claimed.is_kin
    union all
    select
        'links across an adoption shown',
        count(*)
    from (
        select
            before.id as before,
            after.id as after
        from truth_hard_case as hard_case
        cross join
            lateral (select split_part(hard_case.person_ids, ' ', 1) as id) as before
        cross join
            lateral (select split_part(hard_case.person_ids, ' ', 2) as id) as after
        where hard_case.kind = 'adopted'
    ) as adopted
    inner join claimed
        on adopted.after in (claimed.child, claimed.member)
    where
        adopted.before in (claimed.child, claimed.member)
        or exists (
            select from kin
            where
                kin.child = adopted.before
                and kin.member in (claimed.child, claimed.member)
                and kin.member <> adopted.after
        )
    union all
    select
        'adopted children joined with whom they were before',
        count(*)
    from truth_hard_case as hard_case
    inner join judged on split_part(hard_case.person_ids, ' ', 1) = judged.true_person_id
    inner join judged as other
        on
            split_part(hard_case.person_ids, ' ', 2) = other.true_person_id
            and judged.person_id = other.person_id
    where hard_case.kind = 'adopted'
    union all
    select
        'refuges shown as a home',
        count(*)
    from marts.household
    inner join truth_dwelling
        on
            truth_dwelling.kind = 'refuge'
            and (
                household.uprn = truth_dwelling.uprn
                or (
                    household.postcode = truth_dwelling.postcode
                    and household.address_text ilike
                    '%' || truth_dwelling.house || ' ' || truth_dwelling.street || '%'
                )
            )
    union all
    select
        'people of a refuge with a home shown',
        count(distinct person.true_person_id)
    from marts.household_member
    inner join person on household_member.person_id = person.person_id
    inner join home on person.true_person_id = home.id
    where home.kind = 'refuge'

),

-- a household that holds people who truly live apart and are no kin
household_pair as (

    select
        household_member.household_id,
        bool_or(
            home.dwelling_id <> other_home.dwelling_id
            and not exists (
                select from kin where kin.child = home.id and kin.member = other_home.id
            )
        ) as is_wrong
    from marts.household_member
    inner join person on household_member.person_id = person.person_id
    inner join home on person.true_person_id = home.id
    inner join marts.household_member as other
        on household_member.household_id = other.household_id and other.is_current = 'Yes'
    inner join person as other_person on other.person_id = other_person.person_id
    inner join home as other_home on other_person.true_person_id = other_home.id
    where household_member.is_current = 'Yes' and home.id < other_home.id
    group by household_member.household_id

)

select * from recall
union all
select * from precision_of
union all
select * from of_children
union all
select * from perhaps
union all
select * from of_area
union all
select 'the council', measure, hit, null from never
union all
select
    'the council',
    'households of two or more with strangers who live elsewhere',
    count(*) filter (where is_wrong),
    count(*)
from household_pair;
