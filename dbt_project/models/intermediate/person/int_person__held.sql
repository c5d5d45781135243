-- Grain: one row per record that was published as somebody's by its evidence.
--
-- What was published as one person stays one while the evidence has not fallen far below what it
-- takes to join. Whom a steward joined are held together by the steward's word alone, so that they
-- part when it is withdrawn.

with published as (

    select * from {{ ref('stg_published__person_source_record') }}

),

joined_by_a_steward as (

    select person_id from published
    where match_rule = 'steward'
    group by person_id

),

held as (

    select
        published.record_number,
        published.person_id
    from published
    left join joined_by_a_steward on published.person_id = joined_by_a_steward.person_id
    where joined_by_a_steward.person_id is null

)

select * from held
