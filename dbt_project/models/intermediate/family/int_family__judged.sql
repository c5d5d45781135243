-- Grain: one row per child, person and ground for counting the person as family: whether it counts.

with evidence as (

    select * from {{ ref('int_family__evidenced') }}

),

rule as not materialized (

    select * from {{ ref('int_family_rule__dated') }}

),

-- the rule of the council is about what sources say: whom a worker adds is family whatever it says
ruled as (

    select
        evidence.*,
        rule.member_rank,
        rule.relation_order,
        coalesce(rule.is_shown, false) or evidence.basis = 'worker' as is_shown
    from evidence
    left join rule
        on
            evidence.relationship_group = rule.relationship_group
            and evidence.next_relationship_group is not distinct from rule.next_relationship_group

),

-- whoever has parental responsibility is family, whatever else the council leaves out
weighed as (

    select
        *,
        bool_or(has_parental_responsibility) over member as member_has_parental_responsibility,
        bool_or(is_shown and is_sufficient and not is_denied) over member as has_sufficient_ground
    from ruled
    window member as (partition by child_id, member_id)

),

-- a weak ground supports what another says, and says nothing alone
judged as (

    select
        child_id,
        member_id,
        relationship_group,
        next_relationship_group,
        basis,
        basis_order,
        basis_text,
        between_id,
        household_id,
        feed,
        confidence,
        relation,
        started_on,
        ended_on,
        has_parental_responsibility,
        is_household_member,
        is_carer,
        is_sufficient,
        is_denied,
        member_rank,
        relation_order,
        delivery_id,
        source_table,
        row_number,
        case
            when is_denied then 'a worker says no family'
            when member_has_parental_responsibility then 'counts'
            when not is_shown then 'not shown by rule'
            when not has_sufficient_ground then 'not enough alone'
            else 'counts'
        end as verdict
    from weighed

)

select * from judged
