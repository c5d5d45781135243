-- Grain: one row per pair of records compared, and what was decided about it.

with scored as (

    select * from {{ ref('int_person__scored') }}

),

vetoed as (

    select
        record_id,
        other_record_id,
        string_agg(veto, ', ' order by veto) as vetoes
    from {{ ref('int_person__vetoed') }}
    group by record_id, other_record_id

),

linked as (

    select
        scored.record_id,
        scored.other_record_id,
        case
            when vetoed.vetoes is not null then 'refused'
            when scored.match_rule is not null then 'accepted'
            else 'for_review'
        end as decision,
        scored.match_rule,
        scored.strength,
        case
            when vetoed.vetoes is not null then vetoed.vetoes
            when scored.match_rule is not null then scored.match_rule
            when scored.is_nhs_number_equal or scored.is_upn_equal then 'number_only'
            else 'name_and_birth_date_only'
        end as reason
    from scored
    left join vetoed
        on
            scored.record_id = vetoed.record_id
            and scored.other_record_id = vetoed.other_record_id

)

select * from linked
