-- Grain: one row per person who may be somebody else as well, and nobody has decided yet.
--
-- A link that is only probable, or waits for a steward, moves no fact. But the records at its other
-- end may be this person's: that nothing was found must not be said. Of whom no service tells
-- anything, nothing can be missed.

with linked as (

    select * from {{ ref('int_person__linked') }}
    where decision in ('probable', 'for_review')

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

kept_apart as (

    select
        record.person_id,
        other.person_id as other_person_id
    from {{ ref('int_link_override__judged') }} as override
    inner join identified as record on override.record_id = record.record_id
    inner join identified as other on override.other_record_id = other.record_id
    where override.is_kept_apart
    group by record.person_id, other.person_id

),

pair as (

    select
        record.person_id,
        other.person_id as other_person_id
    from linked
    inner join identified as record on linked.record_id = record.record_id
    inner join identified as other on linked.other_record_id = other.record_id
    where record.person_id <> other.person_id

),

-- people who were told apart by a steward, or by the law, are decided
open_pair as (

    select pair.*
    from pair
    left join kept_apart
        on
            least(pair.person_id, pair.other_person_id)
            = least(kept_apart.person_id, kept_apart.other_person_id)
            and greatest(pair.person_id, pair.other_person_id)
            = greatest(kept_apart.person_id, kept_apart.other_person_id)
    where kept_apart.person_id is null

),

served as (

    select identified.person_id
    from {{ ref('int_service_involvement__unioned') }} as spell
    inner join identified on spell.record_id = identified.record_id
    group by identified.person_id

),

undecided as (

    select open_pair.person_id
    from open_pair
    inner join served on open_pair.other_person_id = served.person_id
    union
    select open_pair.other_person_id as person_id
    from open_pair
    inner join served on open_pair.person_id = served.person_id

)

select * from undecided
