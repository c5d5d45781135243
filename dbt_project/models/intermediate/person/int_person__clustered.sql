-- Grain: one row per record, and the cluster of records that are one person.
--
-- The strongest links are taken first, and two clusters never join when any two of their records
-- are vetoed. Where a component holds no veto, all of it is one person and there is nothing to
-- choose. A cluster is named after its smallest record.

with record as (

    select record_id from {{ ref('int_person__standardised') }}

),

connected as (

    select * from {{ ref('int_person__connected') }}

),

vetoed as (

    select
        vetoed.record_id,
        vetoed.other_record_id,
        connected.component_id
    from {{ ref('int_person__vetoed') }} as vetoed
    inner join connected on vetoed.record_id = connected.record_id
    inner join connected as other
        on
            vetoed.other_record_id = other.record_id
            and connected.component_id = other.component_id
    group by vetoed.record_id, vetoed.other_record_id, connected.component_id

),

contested as (

    select component_id from vetoed
    group by component_id

),

contested_link as (

    select
        linked.record_id,
        linked.other_record_id,
        linked.strength
    from {{ ref('int_person__linked') }} as linked
    inner join connected on linked.record_id = connected.record_id
    inner join contested on connected.component_id = contested.component_id
    where linked.decision = 'accepted'

),

divided as (

    select
        cluster_record.record_id,
        cluster_record.cluster_id
    from resolution.cluster(
        (select array_agg(record_id::text order by record_id, other_record_id) from contested_link),
        (
            select array_agg(other_record_id::text order by record_id, other_record_id)
            from contested_link
        ),
        (select array_agg(strength order by record_id, other_record_id) from contested_link),
        (select array_agg(record_id::text order by record_id, other_record_id) from vetoed),
        (select array_agg(other_record_id::text order by record_id, other_record_id) from vetoed)
    ) as cluster_record

),

clustered as (

    select
        record.record_id,
        coalesce(
            divided.cluster_id::varchar(64),
            case when contested.component_id is null then connected.component_id end,
            record.record_id
        ) as cluster_id
    from record
    left join connected on record.record_id = connected.record_id
    left join contested on connected.component_id = contested.component_id
    left join divided on record.record_id = divided.record_id

)

select * from clustered
