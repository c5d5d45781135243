-- Grain: one row per record worked out anew, and the cluster of records that are one person, as
-- people have it.
--
-- Only what people spoke of, and what is doubted, is divided anew, with all that links might join
-- it to. A link that is withheld joins nobody. The links of people come first and their partings
-- always hold. Who links two records of which the machine made two people knows better than the
-- vetoes between those two.

with recursive clustered as (

    select
        record.record_id,
        record.cluster_id,
        connected.component_id
    from {{ ref('int_person__clustered') }} as record
    inner join {{ ref('int_person__connected') }} as connected
        on record.record_id = connected.record_id

),

override as (

    select * from {{ ref('int_link_override__judged') }}

),

steward_link as (

    select
        record_id,
        other_record_id
    from override
    where verdict = 'steward_link'

),

withheld as (

    select
        record_id,
        other_record_id
    from {{ ref('int_person__doubted') }}
    where is_withheld

),

spoken_of as (

    select record_id from override
    union
    select other_record_id as record_id from override
    union
    select record_id from withheld
    union
    select other_record_id as record_id from withheld

),

-- a link joins nobody to another component, and of a steward's both ends are spoken of
near as (

    select record.record_id
    from clustered as record
    where
        record.component_id in (
            select clustered.component_id
            from clustered
            inner join spoken_of on clustered.record_id = spoken_of.record_id
        )

),

link as (

    select
        linked.record_id,
        linked.other_record_id,
        linked.strength
    from {{ ref('int_person__linked') }} as linked
    inner join near on linked.record_id = near.record_id
    left join withheld
        on
            linked.record_id = withheld.record_id
            and linked.other_record_id = withheld.other_record_id
    where linked.decision = 'confirmed' and withheld.record_id is null

),

neighbour as (

    select
        record_id,
        other_record_id
    from link
    union all
    select
        other_record_id as record_id,
        record_id as other_record_id
    from link
    union all
    select
        record_id,
        other_record_id
    from steward_link
    union all
    select
        other_record_id as record_id,
        record_id as other_record_id
    from steward_link

),

touched as (

    select record_id::text as record_id from spoken_of
    union
    select neighbour.other_record_id::text as record_id
    from touched
    inner join neighbour on touched.record_id = neighbour.record_id

),

touched_cluster as materialized (

    select clustered.* from clustered
    inner join touched on clustered.record_id = touched.record_id

),

cluster_link as (

    select
        record.cluster_id,
        other.cluster_id as other_cluster_id
    from steward_link
    inner join touched_cluster as record on steward_link.record_id = record.record_id
    inner join touched_cluster as other on steward_link.other_record_id = other.record_id
    union
    select
        other.cluster_id,
        record.cluster_id as other_cluster_id
    from steward_link
    inner join touched_cluster as record on steward_link.record_id = record.record_id
    inner join touched_cluster as other on steward_link.other_record_id = other.record_id

),

cluster_reached as (

    select
        cluster_id::text as cluster_id,
        cluster_id::text as start_cluster_id
    from cluster_link
    union
    select
        cluster_link.other_cluster_id::text as cluster_id,
        cluster_reached.start_cluster_id
    from cluster_reached
    inner join cluster_link on cluster_reached.cluster_id = cluster_link.cluster_id

),

touched_record as (

    select
        touched_cluster.record_id,
        min(cluster_reached.start_cluster_id) as group_id
    from touched_cluster
    left join cluster_reached on touched_cluster.cluster_id = cluster_reached.cluster_id
    group by touched_cluster.record_id

),

weighed as (

    select
        link.record_id,
        link.other_record_id,
        link.strength
    from link
    inner join touched_record on link.record_id = touched_record.record_id
    union all
    select
        record_id,
        other_record_id,
        2147483647 as strength
    from steward_link

),

kept_apart as (

    select
        vetoed.record_id,
        vetoed.other_record_id
    from {{ ref('int_person__vetoed') }} as vetoed
    inner join touched_record as record on vetoed.record_id = record.record_id
    inner join touched_record as other on vetoed.other_record_id = other.record_id
    where record.group_id is null or record.group_id is distinct from other.group_id
    union
    select
        record_id,
        other_record_id
    from override
    where is_kept_apart

),

divided as (

    select
        cluster_record.record_id,
        cluster_record.cluster_id
    from resolution.cluster(
        (select array_agg(record_id::text order by record_id, other_record_id) from weighed),
        (select array_agg(other_record_id::text order by record_id, other_record_id) from weighed),
        (select array_agg(strength order by record_id, other_record_id) from weighed),
        (select array_agg(record_id::text order by record_id, other_record_id) from kept_apart),
        (
            select array_agg(other_record_id::text order by record_id, other_record_id)
            from kept_apart
        )
    ) as cluster_record

),

unsteady as (

    select
        linked.record_id,
        linked.other_record_id
    from {{ ref('int_person__linked') }} as linked
    where linked.is_unsteady

),

unsteady_record as (

    select record_id from unsteady
    union
    select other_record_id as record_id from unsteady

),

settled as (

    select
        clustered.record_id,
        case
            when touched_record.record_id is null then clustered.cluster_id
            else coalesce(divided.cluster_id, clustered.record_id)
        end::varchar(64) as cluster_id,
        -- what this hangs on: when it is another the next time, all is worked out again
        clustered.component_id,
        case when unsteady_record.record_id is not null then coalesce(held.person_id, 0) end
            as held_person_id,
        clustered.record_id in (
            select override.record_id from override
            union
            select override.other_record_id from override
        ) as is_spoken_of
    from clustered
    left join touched_record on clustered.record_id = touched_record.record_id
    left join divided on clustered.record_id = divided.record_id
    left join unsteady_record on clustered.record_id = unsteady_record.record_id
    left join {{ ref('int_person__held') }} as held on clustered.record_id = held.record_id

)

select * from settled
