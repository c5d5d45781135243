-- Grain: one row per child, person and ground for counting the person as family.
--
-- A tie is stated, or follows from two that are stated. A shared home is no tie: it makes a
-- household member, and nobody's parent. How sure a ground is, in thousandths, is the council's
-- estimate for grounds of its kind; one that is over is less sure, and a chain no surer than its
-- weakest link. It steps and does not glide: a night on which nothing happens changes nothing.

with child as not materialized (

    select child_id from {{ ref('int_family__centred') }}

),

stated_tie as not materialized (

    select * from {{ ref('int_relationship__mirrored') }}

),

-- whose ties are followed: the child's, and those of whoever may stand between
followed as (

    select child_id as person_id from child
    union all
    select stated_tie.related_person_id as person_id from stated_tie
    where stated_tie.person_id in (select child.child_id from child)

),

tie as (

    select * from stated_tie
    where person_id in (select followed.person_id from followed)

),

weighed_tie as (

    select
        *,
        relationship_code like 'STP%' as is_step,
        -- landlords write child for whoever is no partner: no news where another says more
        basis = 'tenancy'
        and relationship_group in ('parent', 'child')
        and bool_or(basis not in ('tenancy', 'family_number')) over pair as is_better_told
    from tie
    window pair as (partition by person_id, related_person_id)

),

person as not materialized (

    select * from {{ ref('int_person__described') }}

),

relationship_code as not materialized (

    select * from {{ ref('relationship_code') }}

),

basis as not materialized (

    select * from {{ ref('int_family_basis__dated') }}

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

override as (

    select * from {{ ref('int_family_override__mirrored') }}

),

rule as not materialized (

    select * from {{ ref('int_family_rule__dated') }}

),

home as not materialized (

    select * from {{ ref('int_family__housed') }}

),

-- a code that says neither he nor she can, once the sex is known: sibling, parent, grandparent
gendered_code as (

    select
        relationship_code.relationship_code,
        relationship_code.relationship_label,
        female.relationship_label as female_label,
        male.relationship_label as male_label
    from relationship_code
    inner join relationship_code as inverse
        on
            relationship_code.inverse_code = inverse.relationship_code
            and relationship_code.relationship_code = inverse.inverse_code
    inner join relationship_code as female
        on inverse.inverse_code_female = female.relationship_code
    inner join relationship_code as male
        on inverse.inverse_code_male = male.relationship_code

),

labelled as (

    select
        tie.*,
        basis.basis_label,
        basis.basis_order,
        case
            when tie.is_past then basis.confidence * parameter.past_confidence / 100
            else basis.confidence
        end as confidence,
        basis.counts_alone = 'always'
        or (basis.counts_alone = 'while open' and not tie.is_past and not tie.is_better_told)
            as is_sufficient,
        case person.sex
            when 'female' then coalesce(gendered_code.female_label, tie.relationship_label)
            when 'male' then coalesce(gendered_code.male_label, tie.relationship_label)
            else tie.relationship_label
        end as relation,
        tie.is_past as is_ended
    from weighed_tie as tie
    inner join basis on tie.basis = basis.basis
    cross join parameter
    left join person on tie.related_person_id = person.person_id
    left join gendered_code on tie.relationship_code = gendered_code.relationship_code

),

direct as (

    select
        child.child_id,
        labelled.related_person_id as member_id,
        labelled.relationship_group,
        null::text as next_relationship_group,
        labelled.basis,
        labelled.basis_order,
        labelled.basis_label as basis_text,
        null::bigint as between_id,
        null::bigint as household_id,
        labelled.feed,
        labelled.confidence,
        labelled.is_sufficient,
        case
            when
                labelled.is_ended
                and (
                    labelled.is_step
                    or labelled.relationship_group in ('carer', 'cared_for_child', 'partner')
                )
                then 'Former ' || lower(labelled.relation)
            else labelled.relation
        end as relation,
        labelled.started_on,
        labelled.ended_on,
        labelled.has_parental_responsibility,
        labelled.is_household_member,
        labelled.is_carer,
        labelled.delivery_id,
        labelled.source_table,
        labelled.row_number
    from child
    inner join labelled on child.child_id = labelled.person_id

),

-- who stands between the child and somebody further out: by their strongest ground
between_tie as (

    select distinct on (child.child_id, labelled.related_person_id, labelled.relationship_group)
        child.child_id,
        labelled.related_person_id as between_id,
        labelled.relationship_group,
        labelled.relation,
        labelled.is_step,
        labelled.confidence
    from child
    inner join labelled on child.child_id = labelled.person_id
    where
        not labelled.is_ended
        and labelled.is_sufficient
        and labelled.is_denied is not true
        and labelled.relationship_group in (
            select rule.relationship_group from rule
            where rule.next_relationship_group is not null and rule.is_shown
        )
    order by
        child.child_id asc,
        labelled.related_person_id asc,
        labelled.relationship_group asc,
        labelled.basis_order asc,
        labelled.relation asc

),

-- a chain adds nothing where a source states what the person is to the child
chained as (

    select distinct on (
        between_tie.child_id,
        labelled.related_person_id,
        between_tie.between_id,
        labelled.relationship_group
    )
        between_tie.child_id,
        labelled.related_person_id as member_id,
        between_tie.relationship_group,
        labelled.relationship_group as next_relationship_group,
        between_tie.between_id,
        between_tie.relation as between_relation,
        labelled.relation as next_relation,
        between_tie.is_step or labelled.is_step as is_step,
        labelled.basis_label,
        -- a landlord's child may be a partner's
        labelled.basis = 'tenancy' as is_maybe_step,
        labelled.feed,
        least(between_tie.confidence, labelled.confidence) as confidence,
        labelled.is_sufficient,
        labelled.started_on,
        labelled.ended_on,
        labelled.delivery_id,
        labelled.source_table,
        labelled.row_number
    from between_tie
    inner join labelled on between_tie.between_id = labelled.person_id
    inner join rule
        on
            between_tie.relationship_group = rule.relationship_group
            and labelled.relationship_group = rule.next_relationship_group
    left join tie
        on
            between_tie.child_id = tie.person_id
            and labelled.related_person_id = tie.related_person_id
            and tie.basis <> 'family_number'
    where
        rule.is_shown
        and not labelled.is_ended
        and labelled.is_denied is not true
        and labelled.related_person_id <> between_tie.child_id
        and tie.person_id is null
    order by
        between_tie.child_id asc,
        labelled.related_person_id asc,
        between_tie.between_id asc,
        labelled.relationship_group asc,
        labelled.basis_order asc

),

-- two who share both parents are brothers; who shares one may be a half-brother, and who shares
-- none but the partner of one is a stepbrother
shared as (

    select
        child_id,
        member_id,
        count(distinct between_id) filter (where not is_step and not is_maybe_step) as parents,
        bool_or(is_maybe_step and not is_step) as is_maybe_step
    from chained
    where relationship_group = 'parent' and next_relationship_group = 'child'
    group by child_id, member_id

),

sibling_code as (

    select
        person.person_id,
        coalesce(full_code.relationship_label, sibling.relationship_label) as full_label,
        coalesce(half_code.relationship_label, half_sibling.relationship_label) as half_label,
        coalesce(step_code.relationship_label, step_sibling.relationship_label) as step_label
    from person
    inner join relationship_code as sibling on sibling.relationship_code = 'SIB'
    inner join relationship_code as half_sibling on half_sibling.relationship_code = 'HSIB'
    inner join relationship_code as step_sibling on step_sibling.relationship_code = 'STPSIB'
    left join relationship_code as full_code
        on full_code.relationship_code = case person.sex
            when 'female' then sibling.inverse_code_female
            when 'male' then sibling.inverse_code_male
        end
    left join relationship_code as half_code
        on half_code.relationship_code = case person.sex
            when 'female' then half_sibling.inverse_code_female
            when 'male' then half_sibling.inverse_code_male
        end
    left join relationship_code as step_code
        on step_code.relationship_code = case person.sex
            when 'female' then step_sibling.inverse_code_female
            when 'male' then step_sibling.inverse_code_male
        end

),

through as (

    select
        chained.child_id,
        chained.member_id,
        chained.relationship_group,
        chained.next_relationship_group,
        basis.basis,
        basis.basis_order,
        'through ' || lower(chained.between_relation) || ' (' || chained.basis_label || ')'
            as basis_text,
        chained.between_id,
        null::bigint as household_id,
        chained.feed,
        least(chained.confidence, basis.confidence) as confidence,
        chained.is_sufficient,
        case
            when shared.parents > 1 then sibling_code.full_label
            when shared.parents = 1
                then sibling_code.full_label || ' or ' || lower(sibling_code.half_label)
            when shared.is_maybe_step
                then
                    sibling_code.full_label || ', ' || lower(sibling_code.half_label)
                    || ' or ' || lower(sibling_code.step_label)
            when shared.parents = 0 then sibling_code.step_label
            when chained.next_relationship_group = 'partner'
                then chained.between_relation || '''s partner'
            else chained.between_relation || '''s ' || lower(chained.next_relation)
        end as relation,
        chained.started_on,
        chained.ended_on,
        null::boolean as has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        chained.delivery_id,
        chained.source_table,
        chained.row_number
    from chained
    inner join basis on 'through_' || chained.relationship_group = basis.basis
    left join shared
        on
            chained.child_id = shared.child_id
            and chained.member_id = shared.member_id
            and chained.next_relationship_group = 'child'
    left join sibling_code on chained.member_id = sibling_code.person_id

),

-- a feed that missed the move leaves the child with those who live there now: where the homes of
-- its parents or carers are known and none is the child's, whoever shares it is not shown
with_key_adult as (

    select
        child.child_id,
        bool_or(home.household_id = key_home.household_id) as is_with_one
    from child
    inner join home on child.child_id = home.person_id
    inner join labelled on child.child_id = labelled.person_id
    inner join rule
        on
            labelled.relationship_group = rule.relationship_group
            and rule.next_relationship_group is null
    inner join home as key_home on labelled.related_person_id = key_home.person_id
    where
        rule.member_rank = 2
        and labelled.is_sufficient
        and not labelled.is_ended
        and labelled.is_denied is not true
    group by child.child_id

),

-- strangers behind one door are no household
sharing as (

    select
        child.child_id,
        other.person_id as member_id,
        'home' as relationship_group,
        null::text as next_relationship_group,
        basis.basis,
        basis.basis_order,
        basis.basis_label as basis_text,
        null::bigint as between_id,
        home.household_id,
        other.feed,
        basis.confidence,
        true as is_sufficient,
        'Household member' as relation,
        greatest(home.started_on, other.started_on) as started_on,
        null::date as ended_on,
        null::boolean as has_parental_responsibility,
        true as is_household_member,
        null::boolean as is_carer,
        null::bigint as delivery_id,
        null::text as source_table,
        null::bigint as row_number
    from child
    inner join home on child.child_id = home.person_id
    inner join home as other
        on home.household_id = other.household_id and child.child_id <> other.person_id
    inner join basis on basis.basis = 'home'
    left join with_key_adult on child.child_id = with_key_adult.child_id
    where not home.is_communal and coalesce(with_key_adult.is_with_one, true)

),

gathered as (

    select * from direct
    union all
    select * from through
    union all
    select * from sharing

),

evidenced as (

    select
        gathered.*,
        coalesce(override.is_denied, false) as is_denied
    from gathered
    left join override
        on
            gathered.child_id = override.person_id
            and gathered.member_id = override.related_person_id

)

select * from evidenced
