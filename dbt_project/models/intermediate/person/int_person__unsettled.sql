-- Grain: one row per record that is not as it was when its person was last worked out.
--
-- It is new or gone, its pairs were weighed anew, people speak of it or did the last time, it was
-- not published as whom it was found to be, it has a link that publication holds together or lets
-- go, or the rules changed. When a person was worked out, all that it hangs on was written down:
-- whatever differs from that is here, however many nights it took.

with record as (

    select record_number from {{ ref('int_person__standardised') }}

),

-- as the scores left it: {{ ref('int_person__scored') }}
settled as (

    select * from {{ ref('stg_resolution__settled_record') }}

),

rules as (

    select * from {{ ref('int_match_rule__hashed') }}

),

changed as (

    select coalesce(record.record_number, settled.record_number) as record_number
    from record
    full join settled on record.record_number = settled.record_number
    where
        record.record_number is null
        or settled.record_number is null
        or settled.is_touched
        or settled.rules_hash <> (select rules.rules_hash from rules)

),

published_as_another as (

    select settled.record_number
    from settled
    left join {{ ref('stg_published__person_source_record') }} as published
        on settled.record_number = published.record_number
    where settled.person_id is distinct from published.person_id

),

let_go as (

    select settled.record_number
    from settled
    left join {{ ref('int_person__held') }} as held on settled.record_number = held.record_number
    where settled.held_person_id <> coalesce(held.person_id, 0)

),

spoken_of as (

    select record_number from {{ ref('int_link_override__judged') }}
    union
    select other_record_number as record_number from {{ ref('int_link_override__judged') }}

),

unsettled as (

    select record_number from changed
    union
    select record_number from published_as_another
    union
    select record_number from let_go
    union
    select record_number from spoken_of

)

select * from unsettled
