{{ config(meta={"dagster": {"ref": {"name": "family_context"}}}) }}

-- Two members who may be one person stay two: each is told so of the other, and whatever service is
-- shown of a member has a record of their own.

with member as (

    select * from {{ ref('family_member') }}

),

perhaps as (

    select
        member.child_id,
        member.member_id,
        other.other_id::bigint as other_id
    from member
    cross join lateral regexp_split_to_table(member.perhaps_member_ids, ', ') as other (other_id)

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

moved as (

    select
        shown.child_id,
        shown.member_id,
        'a record of somebody else' as what
    from {{ ref('family_context') }} as shown
    inner join {{ ref('service_involvement') }} as involvement
        on shown.spell_id = involvement.spell_id
    inner join identified on involvement.record_id = identified.record_id
    where shown.perhaps_also is not null and shown.member_id <> identified.person_id

),

one_sided as (

    select
        perhaps.child_id,
        perhaps.member_id,
        'not told of both' as what
    from perhaps
    left join perhaps as back
        on
            perhaps.child_id = back.child_id
            and perhaps.member_id = back.other_id
            and perhaps.other_id = back.member_id
    where back.member_id is null

)

select * from moved
union all
select * from one_sided
