-- Grain: one row per link of which one record has another candidate that excludes this one.
--
-- A record without a birth date that fits a father as well as his son is not given to the one that
-- weighs a little more: a person decides.

with model as (

    select * from {{ ref('match_model') }}

),

vetoed as (

    select
        record_number,
        other_record_number
    from {{ ref('int_person__vetoed') }}

),

vetoed_record as (

    select record_number from vetoed
    union
    select other_record_number as record_number from vetoed

),

candidate as (

    select
        scored.record_number,
        scored.other_record_number,
        scored.match_weight
    from {{ ref('int_person__scored') }} as scored
    inner join {{ ref('int_person__touched') }} as touched
        on scored.record_number = touched.record_number
    where
        scored.match_weight
        >= case
            when
                scored.date_of_birth_level <> 'missing'
                then (select model.probable_weight from model)
            when scored.home_level = 'same' then (select model.probable_home_weight from model)
            else (select model.probable_undated_weight from model)
        end
        and scored.refusals is null
        and scored.cautions is null

),

-- a candidate has two ends, and either may be torn between two of whom one excludes the other
torn_end as (

    select
        record_number as torn_record_number,
        other_record_number as candidate_number,
        record_number,
        other_record_number,
        match_weight
    from candidate
    where other_record_number in (select vetoed_record.record_number from vetoed_record)
    union all
    select
        other_record_number as torn_record_number,
        record_number as candidate_number,
        record_number,
        other_record_number,
        match_weight
    from candidate
    where record_number in (select vetoed_record.record_number from vetoed_record)

),

rival as (

    select
        one.record_number,
        one.other_record_number,
        other.record_number as rival_record_number,
        other.other_record_number as rival_other_record_number
    from vetoed
    inner join torn_end as one on vetoed.record_number = one.candidate_number
    inner join {{ ref('int_person__profiled') }} as torn
        on one.torn_record_number = torn.record_number
    inner join torn_end as other
        on
            vetoed.other_record_number = other.candidate_number
            and one.torn_record_number = other.torn_record_number
            and abs(one.match_weight - other.match_weight)
            <= case
                when
                    torn.date_of_birth is null
                    then (select model.ambiguity_undated_margin from model)
                else (select model.ambiguity_margin from model)
            end

),

contested as (

    select
        record_number,
        other_record_number
    from rival
    union
    select
        rival_record_number as record_number,
        rival_other_record_number as other_record_number
    from rival

)

select * from contested
