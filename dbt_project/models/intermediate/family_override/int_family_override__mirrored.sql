-- Grain: one row per ordered pair of persons of whom people in force say something.
--
-- What is said of a child and somebody else is said of the two from either side.

with judged as (

    select * from {{ ref('int_family_override__judged') }}
    where verdict in ('in_force', 'disputed', 'contradicted')

),

relationship_code as (

    select * from {{ ref('relationship_code') }}

),

person as (

    select * from {{ ref('int_person__described') }}

),

both_sides as (

    select
        judged.family_override_id,
        judged.person_id,
        judged.related_person_id,
        judged.instruction,
        judged.verdict,
        judged.relationship_code,
        judged.decided_on
    from judged
    union all
    select
        judged.family_override_id,
        judged.related_person_id as person_id,
        judged.person_id as related_person_id,
        judged.instruction,
        judged.verdict,
        case person.sex
            when 'female' then relationship_code.inverse_code_female
            when 'male' then relationship_code.inverse_code_male
            else relationship_code.inverse_code
        end as relationship_code,
        judged.decided_on
    from judged
    left join relationship_code on judged.relationship_code = relationship_code.relationship_code
    left join person on judged.person_id = person.person_id

),

mirrored as (

    select
        person_id,
        related_person_id,
        bool_or(verdict = 'contradicted') as is_contradicted,
        bool_or(verdict = 'disputed') as is_disputed,
        bool_or(verdict = 'in_force' and instruction = 'not_family') as is_denied,
        bool_or(verdict = 'in_force' and instruction = 'relationship') as is_corrected,
        -- what they are to each other counts before that they are family; the latest word of each
        (
            array_agg(
                relationship_code
                order by instruction = 'relationship' desc, family_override_id desc
            ) filter (where verdict = 'in_force')
        )[1] as relationship_code,
        max(family_override_id) as family_override_id,
        max(decided_on) as decided_on
    from both_sides
    group by person_id, related_person_id

)

select * from mirrored
