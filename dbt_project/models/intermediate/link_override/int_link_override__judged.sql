-- Grain: one row per pair of records and what people in force say of it.
--
-- One person is who is one through others as well: A and B, B and C. Where people say of two such
-- that they are not one, nobody can tell which of them is wrong: none of those links is made, the
-- two are kept apart, and it is shown.

with recursive record as (

    select
        record_id,
        feed,
        coalesce(source_person_id, record_id) as source_person_id
    from {{ ref('int_person__unioned') }}

),

in_force as (

    select * from {{ ref('stg_stewardship__link_override') }}
    where not is_withdrawn and coalesce(until_on, {{ as_of_date() }}) >= {{ as_of_date() }}

),

named as (

    select
        least(record.record_id, other.record_id) as record_id,
        greatest(record.record_id, other.record_id) as other_record_id,
        in_force.instruction,
        bool_or(in_force.is_ban) as is_ban
    from in_force
    inner join record
        on
            in_force.feed = record.feed
            and in_force.source_person_id = record.source_person_id
    inner join record as other
        on
            in_force.other_feed = other.feed
            and in_force.other_source_person_id = other.source_person_id
    where record.record_id <> other.record_id
    group by
        least(record.record_id, other.record_id),
        greatest(record.record_id, other.record_id),
        in_force.instruction

),

link as (

    select
        record_id,
        other_record_id
    from named
    where instruction = 'link'
    union all
    select
        other_record_id as record_id,
        record_id as other_record_id
    from named
    where instruction = 'link'

),

reached as (

    select
        record_id::text as record_id,
        record_id::text as start_record_id
    from link
    union
    select
        link.other_record_id::text as record_id,
        reached.start_record_id
    from reached
    inner join link on reached.record_id = link.record_id

),

said_to_be_one as (

    select
        record_id,
        min(start_record_id) as group_id
    from reached
    group by record_id

),

contradicted as (

    select record.group_id
    from named
    inner join said_to_be_one as record on named.record_id = record.record_id
    inner join said_to_be_one as other
        on named.other_record_id = other.record_id and record.group_id = other.group_id
    where named.instruction = 'part'
    group by record.group_id

),

judged as (

    select
        named.record_id,
        named.other_record_id,
        resolution.record_number(named.record_id) as record_number,
        resolution.record_number(named.other_record_id) as other_record_number,
        case
            when named.is_ban then 'identity_link_prohibited'
            when named.instruction = 'part' then 'steward_cannot_link'
            when contradicted.group_id is not null then 'override_conflict'
            else 'steward_link'
        end as verdict,
        named.instruction = 'part' as is_kept_apart
    from named
    left join said_to_be_one on named.record_id = said_to_be_one.record_id
    left join contradicted on said_to_be_one.group_id = contradicted.group_id

)

select * from judged
