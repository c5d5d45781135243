-- Grain: one row per ordered pair of persons, ground and kind of tie: the related person is <code>.
--
-- Each tie is there from both sides. What a source states from a side counts before what follows
-- from the other; an inverse says mother or son only where the sex is known. A worker's word of two
-- people counts before every source: it adds a tie, says what the two are, or denies them all.

with recognised as (

    select * from {{ ref('int_relationship__recognised') }}

),

judged as (

    select
        judged.person_id,
        coalesce(recognised.person_id, judged.related_person_id) as related_person_id,
        judged.feed,
        judged.basis,
        judged.relationship_code,
        judged.relationship_group,
        judged.started_on,
        judged.ended_on,
        judged.has_parental_responsibility,
        judged.is_household_member,
        judged.is_carer,
        judged.delivery_id,
        judged.source_table,
        judged.row_number
    from {{ ref('int_relationship__judged') }} as judged
    left join recognised on judged.related_person_id = recognised.contact_person_id
    where
        judged.refusal is null
        -- whoever a contact is taken for is never the child itself
        and judged.person_id <> coalesce(recognised.person_id, judged.related_person_id)

),

relationship_code as not materialized (

    select * from {{ ref('relationship_code') }}

),

person as (

    select * from {{ ref('int_person__described') }}

),

override as not materialized (

    select * from {{ ref('int_family_override__mirrored') }}

),

-- parental responsibility is the elder's: a yes on either side says so, a no only on its own;
-- who cares is said of nobody but the one whom the row names
both_sides as (

    select
        judged.person_id,
        judged.related_person_id,
        judged.feed,
        judged.basis,
        judged.relationship_code,
        judged.started_on,
        judged.ended_on,
        case
            when judged.relationship_group not in ('child', 'cared_for_child', 'grandchild')
                then judged.has_parental_responsibility
        end as has_parental_responsibility,
        judged.is_household_member,
        case
            when judged.relationship_group not in ('child', 'cared_for_child', 'grandchild')
                then judged.is_carer
        end as is_carer,
        false as is_inverse,
        judged.delivery_id,
        judged.source_table,
        judged.row_number
    from judged
    union all
    select
        judged.related_person_id as person_id,
        judged.person_id as related_person_id,
        judged.feed,
        judged.basis,
        case person.sex
            when 'female' then relationship_code.inverse_code_female
            when 'male' then relationship_code.inverse_code_male
            else relationship_code.inverse_code
        end as relationship_code,
        judged.started_on,
        judged.ended_on,
        case
            when judged.relationship_group in ('child', 'cared_for_child', 'grandchild')
                then nullif(judged.has_parental_responsibility, false)
        end as has_parental_responsibility,
        judged.is_household_member,
        null::boolean as is_carer,
        true as is_inverse,
        judged.delivery_id,
        judged.source_table,
        judged.row_number
    from judged
    inner join relationship_code on judged.relationship_code = relationship_code.relationship_code
    left join person on judged.person_id = person.person_id

),

-- what sources say of two whom a worker corrects goes on being a ground, under the right name
corrected as (

    select
        both_sides.person_id,
        both_sides.related_person_id,
        both_sides.feed,
        both_sides.basis,
        case
            when override.is_corrected then override.relationship_code
            else both_sides.relationship_code
        end as relationship_code,
        both_sides.started_on,
        both_sides.ended_on,
        both_sides.has_parental_responsibility,
        both_sides.is_household_member,
        both_sides.is_carer,
        both_sides.is_inverse,
        both_sides.delivery_id,
        both_sides.source_table,
        both_sides.row_number,
        coalesce(override.is_denied, false) as is_denied
    from both_sides
    left join override
        on
            both_sides.person_id = override.person_id
            and both_sides.related_person_id = override.related_person_id
    union all
    select
        person_id,
        related_person_id,
        'stewardship' as feed,
        'worker' as basis,
        relationship_code,
        null::date as started_on,
        null::date as ended_on,
        null::boolean as has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        false as is_inverse,
        null::bigint as delivery_id,
        'family_override' as source_table,
        family_override_id as row_number,
        false as is_denied
    from override
    where relationship_code is not null

),

grouped as (

    select
        corrected.*,
        relationship_code.relationship_group,
        relationship_code.relationship_label
    from corrected
    inner join relationship_code
        on corrected.relationship_code = relationship_code.relationship_code

),

mirrored as (

    select distinct on (person_id, related_person_id, basis, relationship_group)
        person_id,
        related_person_id,
        relationship_code,
        relationship_group,
        relationship_label,
        basis,
        feed,
        min(started_on) over tie as started_on,
        -- open once is open
        case when bool_and(ended_on is not null) over tie then max(ended_on) over tie end
            as ended_on,
        bool_and(coalesce(ended_on < {{ as_of_date() }}, false)) over tie as is_past,
        bool_or(has_parental_responsibility) over tie as has_parental_responsibility,
        bool_or(is_household_member) over tie as is_household_member,
        bool_or(is_carer) over tie as is_carer,
        is_inverse,
        is_denied,
        delivery_id,
        source_table,
        row_number
    from grouped
    window tie as (partition by person_id, related_person_id, basis, relationship_group)
    order by
        person_id asc,
        related_person_id asc,
        basis asc,
        relationship_group asc,
        is_inverse asc,
        delivery_id desc,
        row_number desc,
        relationship_code asc

)

select * from mirrored
