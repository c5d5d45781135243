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

    select
        *,
        -- called by the nearest tie, and of equal ones by that on the strongest ground
        row_number() over (
            partition by child_id, member_id
            order by
                member_rank asc,
                relation_order asc,
                basis_order asc,
                relation asc,
                next_relationship_group asc
        ) as tie_place,
        row_number() over (
            partition by child_id, member_id, basis_text
            order by basis_order asc
        ) as ground_place
    from shown
    where (has_sufficient_ground and is_shown) or member_has_parental_responsibility

),

called as (

    select
        child_id,
        member_id,
        max(relation) filter (where tie_place = 1) as relation,
        max(relationship_group) filter (where tie_place = 1) as relationship_group,
        max(next_relationship_group) filter (where tie_place = 1) as next_relationship_group,
        min(member_rank) filter (where tie_place = 1) as member_rank,
        min(relation_order) filter (where tie_place = 1) as relation_order,
        min(basis_order) filter (where tie_place = 1) as basis_order,
        string_agg(basis_text, ', ' order by basis_order asc, basis_text asc)
        filter (where ground_place = 1) as bases,
        count(*) filter (where ground_place = 1) as basis_count,
        min(started_on) as known_from_on,
        case when bool_and(ended_on is not null) then max(ended_on) end as known_to_on,
        bool_or(has_parental_responsibility) as has_parental_responsibility,
        bool_or(is_household_member) as is_stated_household_member,
        bool_or(is_carer) as is_carer
    from admitted
    group by child_id, member_id

),

member as (

    select
        called.child_id,
        called.member_id,
        -- that a parent or a partner cares is no news, and a carer is called one already
        case
            when called.is_carer and called.relationship_group not in ('parent', 'partner', 'carer')
                then called.relation || ', carer'
            else called.relation
        end as relation,
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
        called.bases,
        called.basis_count,
        called.known_from_on,
        called.known_to_on,
        called.has_parental_responsibility,
        case
            when home.household_id = child_home.household_id then true
            -- a home that is known is better than a tick in a form
            when home.household_id <> child_home.household_id then false
            else called.is_stated_household_member
        end as is_household_member
    from called
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
