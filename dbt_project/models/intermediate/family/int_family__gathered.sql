-- Grain: one row per child and family member, the child among them.
--
-- Two of a family who may be one person are told so of each other, and nothing else: both stay, and
-- what is known of one is not said of the other.

with child as (

    select child_id from {{ ref('int_family__centred') }}

),

judged as (

    select * from {{ ref('int_family__judged') }}
    where verdict = 'counts'

),

override as (

    select * from {{ ref('int_family_override__mirrored') }}

),

restricted as (

    select * from {{ ref('int_relationship__restricted') }}

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

noticed as (

    select * from {{ ref('int_person__noticed') }}

),

outlying as (

    select * from {{ ref('int_person__outlying') }}

),

person as not materialized (

    select * from {{ ref('int_person__described') }}

),

home as not materialized (

    select * from {{ ref('int_family__housed') }}

),

likened as (

    select * from {{ ref('int_person__likened') }}

),

admitted as (

    select
        *,
        -- called by the nearest tie that counts alone, and of equal ones by the strongest ground
        row_number() over (
            partition by child_id, member_id
            order by
                is_sufficient desc,
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
    from judged

),

-- what one feed says in three places it says once; what two feeds say is more than either alone
heard as (

    select
        child_id,
        member_id,
        feed,
        max(confidence) as confidence
    from admitted
    group by child_id, member_id, feed

),

trusted as (

    select
        child_id,
        member_id,
        count(*)::integer as source_count,
        least(999, round(1000 * (1 - exp(sum(ln(1 - confidence / 1000.0))))))::integer as confidence
    from heard
    group by child_id, member_id

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
        min(started_on) as known_from_on,
        case when bool_and(ended_on is not null) then max(ended_on) end as known_to_on,
        bool_or(has_parental_responsibility) as has_parental_responsibility,
        bool_or(is_household_member) as is_stated_household_member,
        bool_or(is_carer) as is_carer
    from admitted
    group by child_id, member_id

),

-- what sources call the member beside: shown, not weighed. A home is no tie, a chain states none
beside as (

    select
        called.child_id,
        called.member_id,
        string_agg(
            distinct admitted.relation || ' (' || admitted.basis_text || ')', ', '
            order by admitted.relation || ' (' || admitted.basis_text || ')'
        ) as other_relations
    from called
    inner join admitted
        on called.child_id = admitted.child_id and called.member_id = admitted.member_id
    where
        admitted.is_sufficient
        and admitted.household_id is null
        and admitted.between_id is null
        and admitted.relationship_group not in (called.relationship_group, 'carer')
    group by called.child_id, called.member_id

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
        trusted.source_count,
        trusted.confidence,
        beside.other_relations,
        case
            when override.is_contradicted then 'contradicted'
            when override.is_disputed then 'disputed'
            when override.is_corrected then 'corrected'
            when override.relationship_code is not null then 'stated'
        end as correction,
        restricted.is_contact_restricted,
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
    inner join trusted
        on called.child_id = trusted.child_id and called.member_id = trusted.member_id
    left join beside
        on called.child_id = beside.child_id and called.member_id = beside.member_id
    left join override
        on called.child_id = override.person_id and called.member_id = override.related_person_id
    left join restricted
        on
            called.child_id = restricted.person_id
            and called.member_id = restricted.related_person_id
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
        null::integer as source_count,
        null::integer as confidence,
        null::text as other_relations,
        null::text as correction,
        null::boolean as is_contact_restricted,
        null::date as known_from_on,
        null::date as known_to_on,
        null::boolean as has_parental_responsibility,
        true as is_household_member
    from child

),

-- why comes with it: who reads it can judge, or ask the family
alike as (

    select
        with_child.child_id,
        with_child.member_id,
        string_agg(other.member_id::text, ', ' order by other.member_id) as perhaps_member_ids,
        string_agg(
            concat_ws(
                ' ',
                person.given_name,
                person.family_name,
                '(' || case other.relation when 'self' then 'the child' else other.relation end
                || coalesce('; agree: ' || nullif(likened.match_rule, ''), '; alike') || ')'
            ),
            ' or ' order by other.member_id
        ) as perhaps_also
    from with_child
    inner join likened
        on with_child.member_id = likened.person_id and likened.is_told
    inner join with_child as other
        on
            with_child.child_id = other.child_id
            and likened.other_person_id = other.member_id
    left join person on other.member_id = person.person_id
    group by with_child.child_id, with_child.member_id

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
                    with_child.source_count desc,
                    person.date_of_birth asc nulls last,
                    with_child.member_id asc
            ) - 1
        )::integer as member_order,
        with_child.bases,
        with_child.source_count,
        with_child.confidence as confidence_estimate,
        case
            when with_child.confidence >= parameter.strong_confidence then 'strong'
            when with_child.confidence >= parameter.fair_confidence then 'fair'
            when with_child.confidence is not null then 'weak'
        end as confidence,
        with_child.other_relations,
        with_child.correction,
        with_child.is_contact_restricted,
        noticed.has_little_history,
        outlying.known_only_from,
        alike.perhaps_member_ids,
        alike.perhaps_also,
        with_child.is_household_member,
        with_child.has_parental_responsibility,
        with_child.known_from_on,
        with_child.known_to_on
    from with_child
    cross join parameter
    left join person on with_child.member_id = person.person_id
    left join noticed on with_child.member_id = noticed.person_id
    left join outlying on with_child.member_id = outlying.person_id
    left join alike
        on with_child.child_id = alike.child_id and with_child.member_id = alike.member_id

)

select * from gathered
