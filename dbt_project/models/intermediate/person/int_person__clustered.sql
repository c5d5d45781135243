-- Grain: one row per record, and the cluster of records that are one person.
--
-- The strongest links are taken first, and two clusters never join when any two of their records
-- are vetoed. Confirmed links make a person. With probable ones, clusters grow wider: that is
-- where else to search, and never carries a fact. Where a component holds no veto there is nothing
-- to choose. A cluster is named after its smallest record. Kept from night to night; only touched
-- records are clustered anew.

with recursive connected as (

    select * from {{ ref('int_person__connected') }}

),

vetoed as (

    select vetoed.*
    from {{ ref('int_person__vetoed') }} as vetoed
    inner join connected on vetoed.record_id = connected.record_id

),

contested_component as (

    select component_id from vetoed
    group by component_id

),

link as (

    select
        linked.record_id,
        linked.other_record_id,
        linked.decision,
        linked.strength,
        connected.component_id,
        contested_component.component_id is not null as is_contested
    from {{ ref('int_person__linked') }} as linked
    inner join connected on linked.record_id = connected.record_id
    left join contested_component on connected.component_id = contested_component.component_id
    where linked.decision in ('confirmed', 'probable')

),

contested_link as (

    select * from link
    where is_contested

),

confirmed_apart as (

    select * from resolution.cluster(
        (
            select array_agg(record_id::text order by record_id, other_record_id)
            from contested_link
            where decision = 'confirmed'
        ),
        (
            select array_agg(other_record_id::text order by record_id, other_record_id)
            from contested_link
            where decision = 'confirmed'
        ),
        (
            select array_agg(strength order by record_id, other_record_id) from contested_link
            where decision = 'confirmed'
        ),
        (select array_agg(record_id::text order by record_id, other_record_id) from vetoed),
        (select array_agg(other_record_id::text order by record_id, other_record_id) from vetoed)
    )

),

probable_apart as (

    select * from resolution.cluster(
        (select array_agg(record_id::text order by record_id, other_record_id) from contested_link),
        (
            select array_agg(other_record_id::text order by record_id, other_record_id)
            from contested_link
        ),
        (select array_agg(strength order by record_id, other_record_id) from contested_link),
        (select array_agg(record_id::text order by record_id, other_record_id) from vetoed),
        (select array_agg(other_record_id::text order by record_id, other_record_id) from vetoed)
    )

),

-- components without a veto, of which some links are only probable
divided_component as (

    select component_id from link
    where not is_contested
    group by component_id
    having bool_or(decision = 'probable')

),

divided_link as (

    select
        link.record_id,
        link.other_record_id
    from link
    inner join divided_component on link.component_id = divided_component.component_id
    where link.decision = 'confirmed'
    union all
    select
        link.other_record_id as record_id,
        link.record_id as other_record_id
    from link
    inner join divided_component on link.component_id = divided_component.component_id
    where link.decision = 'confirmed'

),

reached as (

    select
        record_id,
        record_id as start_record_id
    from divided_link
    group by record_id
    having record_id < min(other_record_id)
    union
    select
        divided_link.other_record_id as record_id,
        reached.start_record_id
    from reached
    inner join divided_link on reached.record_id = divided_link.record_id

),

divided as (

    select
        record_id,
        min(start_record_id) as cluster_id
    from reached
    group by record_id

),

clustered as (

    select
        connected.record_id,
        coalesce(
            confirmed_apart.cluster_id,
            divided.cluster_id,
            case
                when
                    contested_component.component_id is null
                    and divided_component.component_id is null
                    then connected.component_id
            end,
            connected.record_id
        )::varchar(64) as cluster_id,
        coalesce(
            probable_apart.cluster_id,
            case when contested_component.component_id is null then connected.component_id end,
            connected.record_id
        )::varchar(64) as probable_cluster_id
    from connected
    left join contested_component on connected.component_id = contested_component.component_id
    left join divided_component on connected.component_id = divided_component.component_id
    left join confirmed_apart on connected.record_id = confirmed_apart.record_id
    left join probable_apart on connected.record_id = probable_apart.record_id
    left join divided on connected.record_id = divided.record_id

)

select * from clustered
