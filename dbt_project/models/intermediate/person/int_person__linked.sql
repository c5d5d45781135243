-- Grain: one row per pair of records compared, and what was decided about it.
--
-- A record that could as well be either of two who are not one person is nobody's until somebody
-- looks: its link is accepted only when it is stronger than the one to the other.

with scored as (

    select * from {{ ref('int_person__scored') }}

),

veto as (

    select * from {{ ref('int_person__vetoed') }}

),

vetoed as (

    select
        record_id,
        other_record_id,
        string_agg(veto, ', ' order by veto) as vetoes
    from veto
    group by record_id, other_record_id

),

judged as (

    select
        scored.*,
        vetoed.vetoes
    from scored
    left join vetoed
        on
            scored.record_id = vetoed.record_id
            and scored.other_record_id = vetoed.other_record_id

),

link as (

    select
        record_id,
        other_record_id,
        strength
    from judged
    where match_rule is not null and vetoes is null
    union all
    select
        other_record_id as record_id,
        record_id as other_record_id,
        strength
    from judged
    where match_rule is not null and vetoes is null

),

either_of_two as (

    select
        link.record_id,
        link.other_record_id
    from vetoed
    inner join link as to_one on vetoed.record_id = to_one.other_record_id
    inner join link as to_another
        on
            vetoed.other_record_id = to_another.other_record_id
            and to_one.record_id = to_another.record_id
    inner join link
        on
            to_one.record_id = link.record_id
            and link.other_record_id in (vetoed.record_id, vetoed.other_record_id)
            and link.strength <= least(to_one.strength, to_another.strength)
    group by link.record_id, link.other_record_id

),

ambiguous as (

    select
        record_id,
        other_record_id
    from either_of_two
    where record_id < other_record_id
    union
    select
        other_record_id as record_id,
        record_id as other_record_id
    from either_of_two
    where record_id > other_record_id

),

linked as (

    select
        judged.record_id,
        judged.other_record_id,
        case
            when judged.vetoes is not null then 'refused'
            when judged.match_rule is null or ambiguous.record_id is not null then 'for_review'
            else 'accepted'
        end as decision,
        judged.match_rule,
        judged.strength,
        case
            when judged.vetoes is not null then judged.vetoes
            when ambiguous.record_id is not null then 'either_of_two'
            when judged.match_rule is not null then judged.match_rule
            when judged.is_nhs_number_equal or judged.is_upn_equal then 'number_only'
            when judged.is_given_name_equal and judged.is_family_name_equal
                then 'name_and_birth_date_only'
            else 'too_little'
        end as reason
    from judged
    left join ambiguous
        on
            judged.record_id = ambiguous.record_id
            and judged.other_record_id = ambiguous.other_record_id

)

select * from linked
