-- Grain: one row per child, person, ground and row of a source that speaks for it, counted or not.
--
-- Why somebody is on the list, and why somebody a source speaks of is not. Of those who share a
-- communal home nothing is kept: that they do is nobody's business but theirs.

with child as not materialized (

    select child_id from {{ ref('int_family__centred') }}

),

recognised as (

    select * from {{ ref('int_relationship__recognised') }}

),

relationship_code as (

    select * from {{ ref('relationship_code') }}

),

basis as (

    select * from {{ ref('int_family_basis__dated') }}

),

ground as not materialized (

    select * from {{ ref('int_family__judged') }}

),

override as (

    select * from {{ ref('int_family_override__mirrored') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

statement as (

    select
        tie.person_id,
        coalesce(recognised.person_id, tie.related_person_id) as related_person_id,
        tie.basis,
        tie.feed,
        coalesce(relationship_code.relationship_label, tie.relationship_group) as said,
        tie.refusal,
        tie.started_on,
        tie.ended_on,
        tie.delivery_id,
        tie.source_table,
        tie.row_number
    from {{ ref('int_relationship__judged') }} as tie
    left join recognised on tie.related_person_id = recognised.contact_person_id
    left join relationship_code on tie.relationship_code = relationship_code.relationship_code

),

-- a source states a tie from the child's side, or says what the child is to the other
from_child as (

    select
        child.child_id,
        statement.related_person_id as member_id,
        statement.basis,
        statement.feed,
        statement.said,
        statement.refusal,
        statement.started_on,
        statement.ended_on,
        statement.delivery_id,
        statement.source_table,
        statement.row_number
    from child
    inner join statement on child.child_id = statement.person_id
    union all
    select
        child.child_id,
        statement.person_id as member_id,
        statement.basis,
        statement.feed,
        'the child is: ' || statement.said as said,
        statement.refusal,
        statement.started_on,
        statement.ended_on,
        statement.delivery_id,
        statement.source_table,
        statement.row_number
    from child
    inner join statement on child.child_id = statement.related_person_id

),

-- two kinds of tie on one ground are told as one: it counts if either does
direct as (

    select distinct on (child_id, member_id, basis) *
    from ground
    where between_id is null and household_id is null
    order by
        child_id asc,
        member_id asc,
        basis asc,
        verdict = 'counts' desc,
        member_rank asc,
        relation_order asc,
        relationship_group asc

),

stated as (

    select
        from_child.child_id,
        from_child.member_id,
        from_child.basis,
        coalesce(direct.basis_text, basis.basis_label) as ground,
        null::bigint as through_person_id,
        from_child.said as source_said,
        from_child.feed,
        from_child.source_table,
        from_child.delivery_id,
        from_child.row_number,
        from_child.started_on,
        from_child.ended_on,
        direct.confidence,
        coalesce(from_child.refusal, direct.verdict, 'not a ground of the council') as reason,
        direct.relationship_group,
        direct.next_relationship_group
    from from_child
    left join direct
        on
            from_child.child_id = direct.child_id
            and from_child.member_id = direct.member_id
            and from_child.basis = direct.basis
    left join basis on from_child.basis = basis.basis
    where from_child.member_id <> from_child.child_id

),

-- a worker's word, and what follows from two ties
derived as (

    select
        child_id,
        member_id,
        basis,
        basis_text as ground,
        between_id as through_person_id,
        relation as source_said,
        feed,
        source_table,
        delivery_id,
        row_number,
        started_on,
        ended_on,
        confidence,
        verdict as reason,
        relationship_group,
        next_relationship_group
    from ground
    where between_id is not null or basis = 'worker'

),

-- of each feed that houses the member there, what it said last
housed as (

    select distinct on (ground.child_id, ground.member_id, ground.household_id, spell.feed)
        ground.child_id,
        ground.member_id,
        ground.basis,
        ground.basis_text as ground,
        null::bigint as through_person_id,
        ground.relation as source_said,
        spell.feed,
        spell.source_table,
        spell.delivery_id,
        spell.row_number,
        spell.started_on,
        spell.ended_on,
        ground.confidence,
        ground.verdict as reason,
        ground.relationship_group,
        ground.next_relationship_group
    from ground
    inner join identified on ground.member_id = identified.person_id
    inner join {{ ref('int_household__resolved') }} as spell
        on
            ground.household_id = spell.household_id
            and identified.record_id = spell.record_id
    order by
        ground.child_id asc,
        ground.member_id asc,
        ground.household_id asc,
        spell.feed asc,
        spell.ended_on desc nulls first,
        spell.started_on desc nulls last,
        spell.delivery_id desc,
        spell.row_number desc,
        spell.address_spell_id asc

),

gathered as (

    select * from stated
    union all
    select * from derived
    union all
    select * from housed

),

keyed as (

    select
        {{
            hash_key([
                "child_id::text",
                "member_id::text",
                "basis",
                "coalesce(through_person_id::text, '')",
                "coalesce(next_relationship_group, '')",
                "feed",
                "source_table",
                "coalesce(delivery_id::text, '')",
                "row_number::text",
                "source_said",
            ])
        }} as family_explanation_id,
        *
    from gathered

),

-- one row of a source may name one person by two records: open by either is open
explained as (

    select distinct on (keyed.family_explanation_id)
        keyed.family_explanation_id,
        keyed.child_id,
        keyed.child_id::varchar(20) as child_ref,
        keyed.member_id,
        keyed.basis::varchar(60) as basis,
        left(keyed.ground, 300)::varchar(300) as ground,
        keyed.through_person_id,
        left(keyed.source_said, 200)::varchar(200) as source_said,
        keyed.feed::varchar(40) as feed,
        keyed.source_table::varchar(60) as source_table,
        keyed.delivery_id,
        keyed.row_number,
        keyed.started_on,
        keyed.ended_on,
        keyed.confidence as confidence_estimate,
        (case when keyed.reason = 'counts' then 'Yes' else 'No' end)::varchar(7) as is_shown,
        keyed.reason::varchar(60) as reason,
        concat_ws(', then ', keyed.relationship_group, keyed.next_relationship_group)::varchar(100)
            as family_rule,
        override.family_override_id
    from keyed
    left join override
        on keyed.child_id = override.person_id and keyed.member_id = override.related_person_id
    order by
        keyed.family_explanation_id asc,
        keyed.reason = 'counts' desc,
        keyed.reason asc,
        keyed.ended_on desc nulls first,
        keyed.started_on asc nulls last

)

select * from explained
