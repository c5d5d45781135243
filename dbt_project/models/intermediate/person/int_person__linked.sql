-- Grain: one row per pair of records compared and kept, and what was decided about it.
--
-- What was published as one person stays one while the evidence has not fallen far below what it
-- takes to join: people do not part and meet again with every extract. Whom a steward joined are
-- held together by the steward's word alone, so that they part when it is withdrawn.

with model as (

    select * from {{ ref('match_model') }}

),

scored as (

    select * from {{ ref('int_person__scored') }}

),

contested as (

    select * from {{ ref('int_person__contested') }}

),

joined_by_a_steward as (

    select person_id from {{ ref('stg_published__person_source_record') }}
    where match_rule = 'steward'
    group by person_id

),

published as (

    select
        record.record_id,
        record.person_id
    from {{ ref('stg_published__person_source_record') }} as record
    left join joined_by_a_steward on record.person_id = joined_by_a_steward.person_id
    where joined_by_a_steward.person_id is null

),

weighed as (

    select
        scored.*,
        contested.record_id is not null as is_contested,
        case
            when scored.date_of_birth_level <> 'missing' then model.probable_weight
            when scored.home_level = 'same' then model.probable_home_weight
            else model.probable_undated_weight
        end as probable_weight,
        case
            when scored.date_of_birth_level = 'missing' then model.confirmed_undated_weight
            else model.confirmed_weight
        end
        - case
            when published.person_id = other_published.person_id then model.fracture_margin
            else 0
        end as confirmed_weight
    from scored
    cross join model
    left join contested
        on
            scored.record_id = contested.record_id
            and scored.other_record_id = contested.other_record_id
    left join published on scored.record_id = published.record_id
    left join published as other_published
        on scored.other_record_id = other_published.record_id

),

decided as (

    select
        *,
        case
            when refusals is not null then 'refused'
            when match_weight < probable_weight then 'too_little'
            when cautions is not null or is_contested then 'for_review'
            when match_weight < confirmed_weight or reservations is not null then 'probable'
            else 'confirmed'
        end as decision
    from weighed

),

linked as (

    select
        record_id,
        other_record_id,
        decision,
        match_weight,
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
