-- Grain: one row per pair of records compared and kept, and what was decided about it.
--
-- What was published as one person stays one while the evidence has not fallen far below what it
-- takes to join: people do not part and meet again with every extract. A link is unsteady when it
-- hangs on that. Kept from night to night; only the pairs of touched records are decided anew.

with model as (

    select * from {{ ref('match_model') }}

),

scored as (

    select scored.*
    from {{ ref('int_person__scored') }} as scored
    left join {{ ref('int_person__touched') }} as touched
        on scored.record_number = touched.record_number
    left join {{ ref('int_person__touched') }} as other_touched
        on scored.other_record_number = other_touched.record_number
    where touched.record_number is not null or other_touched.record_number is not null

),

contested as (

    select * from {{ ref('int_person__contested') }}

),

held as (

    select * from {{ ref('int_person__held') }}

),

weighed as (

    select
        scored.*,
        contested.record_number is not null as is_contested,
        case
            when
                scored.date_of_birth_level <> 'missing'
                then (select model.probable_weight from model)
            when scored.home_level = 'same' then (select model.probable_home_weight from model)
            else (select model.probable_undated_weight from model)
        end as probable_weight,
        case
            when
                scored.date_of_birth_level = 'missing'
                then (select model.confirmed_undated_weight from model)
            else (select model.confirmed_weight from model)
        end as confirmed_weight,
        coalesce(held.person_id = other_held.person_id, false) as is_held
    from scored
    left join contested
        on
            scored.record_number = contested.record_number
            and scored.other_record_number = contested.other_record_number
    left join held on scored.record_number = held.record_number
    left join held as other_held on scored.other_record_number = other_held.record_number

),

decided as (

    select
        *,
        case
            when refusals is not null then 'refused'
            when match_weight < probable_weight then 'too_little'
            when cautions is not null or is_contested then 'for_review'
            when reservations is not null then 'probable'
            when
                match_weight
                < confirmed_weight
                - case when is_held then (select model.fracture_margin from model) else 0 end
                then 'probable'
            else 'confirmed'
        end as decision,
        refusals is null
        and cautions is null
        and match_weight
        >= greatest(
            probable_weight, confirmed_weight - (select model.fracture_margin from model)
        )
        and match_weight < confirmed_weight as is_unsteady
    from weighed

),

linked as (

    select
        record_number,
        other_record_number,
        decision,
        match_weight,
        is_unsteady,
        -- hundredths of a bit; what is confirmed joins before anything probable
        (match_weight * 100)::integer + case when decision = 'confirmed' then 100000 else 0 end
            as strength,
        -- what agrees, in words
        left(
            concat_ws(
                ', ',
                case when nhs_number_level = 'same' then 'NHS number' end,
                case when upn_level = 'same' then 'pupil number' end,
                case when given_name_level = 'same' then 'given name' end,
                case when family_name_level = 'same' then 'family name' end,
                case when date_of_birth_level = 'same' then 'birth date' end,
                case when home_level = 'same' then 'home' end,
                case when child_level = 'same' then 'child' end,
                case when email_level = 'same' or telephone_level = 'same' then 'contact' end
            ),
            60
        ) as match_rule,
        coalesce(
            refusals,
            concat_ws(', ', cautions, case when is_contested then 'contested' end, reservations),
            ''
        ) as reason
    from decided

)

select * from linked
