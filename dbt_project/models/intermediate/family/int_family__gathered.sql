-- Grain: one row per child and family member, the child among them.

with child as (

    select * from {{ ref('int_family__centred') }}

),

evidence as (

    select * from {{ ref('int_family__evidenced') }}

),

rule as (

    select * from {{ ref('int_family_rule__dated') }}

),

person as (

    select * from {{ ref('int_person__described') }}

),

home as (

    select
        person_id,
        household_id
    from {{ ref('int_household__stayed') }}
    where is_current

),

ruled as (

    select
        evidence.*,
        rule.member_rank,
        rule.relation_order,
        rule.is_shown
    from evidence
    inner join rule
        on
            evidence.relationship_group = rule.relationship_group
            and evidence.next_relationship_group is not distinct from rule.next_relationship_group

),

-- whoever has parental responsibility is family, whatever else the council leaves out
shown as (

    select
        *,
        bool_or(has_parental_responsibility) over member as member_has_parental_responsibility,
        bool_or(is_shown and is_sufficient) over member as has_sufficient_ground
    from ruled
    window member as (partition by child_id, member_id)

),

-- a weak ground supports what another says, and says nothing alone
admitted as (

    select * from shown
    where (has_sufficient_ground and is_shown) or member_has_parental_responsibility

),

ground as (

    select
        child_id,
        member_id,
        basis_text,
        min(basis_order) as basis_order
    from admitted
    group by child_id, member_id, basis_text

),

grounded as (

    select
        child_id,
        member_id,
        string_agg(basis_text, ', ' order by basis_order asc, basis_text asc) as bases,
        count(*) as basis_count
    from ground
    group by child_id, member_id

),

-- called by the nearest tie, and of equal ones by that on the strongest ground
called as (

    select distinct on (child_id, member_id)
        child_id,
        member_id,
        relation,
        relationship_group,
        next_relationship_group,
        member_rank,
        relation_order,
        basis_order
    from admitted
    order by
        child_id asc,
        member_id asc,
        member_rank asc,
        relation_order asc,
        basis_order asc,
        relation asc

),

dated as (

    select
        child_id,
        member_id,
        min(started_on) as known_from_on,
        case when bool_and(ended_on is not null) then max(ended_on) end as known_to_on,
        bool_or(has_parental_responsibility) as has_parental_responsibility,
        bool_or(is_household_member) as is_stated_household_member
    from admitted
    group by child_id, member_id

),

member as (

    select
        called.child_id,
        called.member_id,
        called.relation,
        case
            when called.relationship_group = 'home' then 'household_member'
            when called.next_relationship_group = 'child' then 'sibling'
            when called.next_relationship_group = 'parent' then 'grandparent'
            when called.next_relationship_group is not null
                then called.relationship_group || '_' || called.next_relationship_group
            else called.relationship_group
        end as relationship_group,
        called.member_rank,
        called.relation_order,
        called.basis_order,
        grounded.bases,
        grounded.basis_count,
        dated.known_from_on,
        dated.known_to_on,
        dated.has_parental_responsibility,
        case
            when home.household_id = child_home.household_id then true
            -- a home that is known is better than a tick in a form
            when home.household_id <> child_home.household_id then false
            else dated.is_stated_household_member
        end as is_household_member
    from called
    inner join grounded
        on called.child_id = grounded.child_id and called.member_id = grounded.member_id
    inner join dated
        on called.child_id = dated.child_id and called.member_id = dated.member_id
    left join home on called.member_id = home.person_id
    left join home as child_home on called.child_id = child_home.person_id

),

with_child as (

    select * from member
    union all
    select
        child_id,
        child_id as member_id,
        'self' as relation,
        'self' as relationship_group,
        0 as member_rank,
        0 as relation_order,
        0 as basis_order,
        'the child' as bases,
        1 as basis_count,
        null::date as known_from_on,
        null::date as known_to_on,
        null::boolean as has_parental_responsibility,
        true as is_household_member
    from child

),

gathered as (

    select
        with_child.child_id,
        with_child.member_id,
        with_child.relation,
        with_child.relationship_group,
        (
            row_number() over (
                partition by with_child.child_id
                order by
                    with_child.member_rank asc,
                    with_child.has_parental_responsibility is true desc,
                    with_child.relation_order asc,
                    with_child.basis_order asc,
                    with_child.known_to_on desc nulls first,
                    with_child.basis_count desc,
                    person.date_of_birth asc nulls last,
                    with_child.member_id asc
            ) - 1
        )::integer as member_order,
        with_child.bases,
        with_child.is_household_member,
        with_child.has_parental_responsibility,
        with_child.known_from_on,
        with_child.known_to_on
    from with_child
    left join person on with_child.member_id = person.person_id

)

select * from gathered
