-- Grain: one row per person and other person who may be the same one, and nobody has decided yet.
--
-- A link that is less than certain moves no fact; nor does one that is certain of two records which
-- others keep apart. But the records at its other end may be this person's, even where a rule
-- refuses what weighs as much as a person does. Who was told apart by a steward, or by the law, is
-- decided. Where a veto speaks against any records of the two, or little for them, it is not told.

with model as (

    select * from {{ ref('match_model') }}

),

linked as (

    select linked.*
    from {{ ref('int_person__linked') }} as linked
    where
        linked.decision <> 'refused'
        or linked.match_weight >= (select model.doubted_weight from model)

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

kept_apart as (

    select
        least(record.person_id, other.person_id) as person_id,
        greatest(record.person_id, other.person_id) as other_person_id
    from {{ ref('int_link_override__judged') }} as override
    inner join identified as record on override.record_id = record.record_id
    inner join identified as other on override.other_record_id = other.record_id
    where override.is_kept_apart
    group by
        least(record.person_id, other.person_id),
        greatest(record.person_id, other.person_id)

),

vetoed as (

    select
        least(record.person_id, other.person_id) as person_id,
        greatest(record.person_id, other.person_id) as other_person_id
    from {{ ref('int_person__vetoed') }} as vetoed
    inner join identified as record on vetoed.record_number = record.record_number
    inner join identified as other on vetoed.other_record_number = other.record_number
    group by
        least(record.person_id, other.person_id),
        greatest(record.person_id, other.person_id)

),

-- what agrees, of the two records that are surest
pair as (

    select distinct on (
        least(record.person_id, other.person_id), greatest(record.person_id, other.person_id)
    )
        least(record.person_id, other.person_id) as person_id,
        greatest(record.person_id, other.person_id) as other_person_id,
        linked.decision,
        linked.match_rule
    from linked
    inner join identified as record on linked.record_number = record.record_number
    inner join identified as other on linked.other_record_number = other.record_number
    where record.person_id <> other.person_id
    order by
        least(record.person_id, other.person_id) asc,
        greatest(record.person_id, other.person_id) asc,
        linked.decision = 'confirmed' desc,
        linked.match_weight desc,
        linked.record_number asc,
        linked.other_record_number asc

),

open_pair as (

    select
        pair.person_id,
        pair.other_person_id,
        pair.match_rule,
        pair.decision = 'confirmed'
        or (pair.decision in ('probable', 'for_review') and vetoed.person_id is null) as is_told
    from pair
    left join vetoed
        on
            pair.person_id = vetoed.person_id
            and pair.other_person_id = vetoed.other_person_id
    left join kept_apart
        on
            pair.person_id = kept_apart.person_id
            and pair.other_person_id = kept_apart.other_person_id
    where kept_apart.person_id is null

),

likened as (

    select
        person_id,
        other_person_id,
        match_rule,
        is_told
    from open_pair
    union all
    select
        other_person_id as person_id,
        person_id as other_person_id,
        match_rule,
        is_told
    from open_pair

)

select * from likened
