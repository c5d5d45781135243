-- Grain: one row per link of which one record has another candidate that excludes this one.
--
-- A record without a birth date that fits a father as well as his son is not given to the one that
-- weighs a little more: a person decides.

with model as (

    select * from {{ ref('match_model') }}

),

vetoed as (

    select
        record_id,
        other_record_id
    from {{ ref('int_person__vetoed') }}

),

vetoed_record as (

    select record_id from vetoed
    union
    select other_record_id as record_id from vetoed

),

candidate as (

    select
        scored.record_id,
        scored.other_record_id,
        scored.match_weight
    from {{ ref('int_person__scored') }} as scored
    inner join {{ ref('int_person__touched') }} as touched
        on scored.record_id = touched.record_id
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
        record_id as torn_record_id,
        other_record_id as candidate_id,
        record_id,
        other_record_id,
        match_weight
    from candidate
    where other_record_id in (select vetoed_record.record_id from vetoed_record)
    union all
    select
        other_record_id as torn_record_id,
        record_id as candidate_id,
        record_id,
        other_record_id,
        match_weight
    from candidate
    where record_id in (select vetoed_record.record_id from vetoed_record)

),

rival as (

    select
        one.record_id,
        one.other_record_id,
        other.record_id as rival_record_id,
        other.other_record_id as rival_other_record_id
    from vetoed
    inner join torn_end as one on vetoed.record_id = one.candidate_id
    inner join {{ ref('int_person__profiled') }} as torn on one.torn_record_id = torn.record_id
    inner join torn_end as other
        on
            vetoed.other_record_id = other.candidate_id
            and one.torn_record_id = other.torn_record_id
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
        record_id,
        other_record_id
    from rival
    union
    select
        rival_record_id as record_id,
        rival_other_record_id as other_record_id
    from rival

)

select * from contested
