-- Grain: one row per record worked out anew, and the cluster of records that are one person, as
-- people have it.
--
-- Only what people spoke of, and what is doubted, is divided anew, with all that links might join
-- it to. A link that is withheld joins nobody. The links of people come first and their partings
-- always hold. Who links two records of which the machine made two people knows better than the
-- vetoes between those two.

with recursive clustered as (

    select
        record.record_number,
        connected.record_id,
        record.cluster_number,
        connected.component_number
    from {{ ref('int_person__clustered') }} as record
    inner join {{ ref('int_person__connected') }} as connected
        on record.record_number = connected.record_number

),

override as (

    select * from {{ ref('int_link_override__judged') }}

),

steward_link as (

    select
        record_number,
        other_record_number
    from override
    where verdict = 'steward_link'

),

withheld as (

    select
        record_number,
        other_record_number
    from {{ ref('int_person__doubted') }}
    where is_withheld

),

spoken_of as (

    select record_number from override
    union
    select other_record_number as record_number from override
    union
    select record_number from withheld
    union
    select other_record_number as record_number from withheld

),

-- a link joins nobody to another component, and of a steward's both ends are spoken of
near as (

    select record.record_number
    from clustered as record
    where
        record.component_number in (
            select clustered.component_number
            from clustered
            inner join spoken_of on clustered.record_number = spoken_of.record_number
        )

),

link as (

    select
        linked.record_number,
        linked.other_record_number,
        linked.strength
    from {{ ref('int_person__linked') }} as linked
    inner join near on linked.record_number = near.record_number
    left join withheld
        on
            linked.record_number = withheld.record_number
            and linked.other_record_number = withheld.other_record_number
    where linked.decision = 'confirmed' and withheld.record_number is null

),

neighbour as (

    select
        record_number,
        other_record_number
    from link
    union all
    select
        other_record_number as record_number,
        record_number as other_record_number
    from link
    union all
    select
        record_number,
        other_record_number
    from steward_link
    union all
    select
        other_record_number as record_number,
        record_number as other_record_number
    from steward_link

),

touched as (

    select record_number from spoken_of
    union
    select neighbour.other_record_number as record_number
    from touched
    inner join neighbour on touched.record_number = neighbour.record_number

),

touched_cluster as materialized (

    select clustered.* from clustered
    inner join touched on clustered.record_number = touched.record_number

),

cluster_link as (

    select
        record.cluster_number,
        other.cluster_number as other_cluster_number
    from steward_link
    inner join touched_cluster as record on steward_link.record_number = record.record_number
    inner join touched_cluster as other on steward_link.other_record_number = other.record_number
    union
    select
        other.cluster_number,
        record.cluster_number as other_cluster_number
    from steward_link
    inner join touched_cluster as record on steward_link.record_number = record.record_number
    inner join touched_cluster as other on steward_link.other_record_number = other.record_number

),

cluster_reached as (

    select
        cluster_number,
        cluster_number as start_cluster_number
    from cluster_link
    union
    select
        cluster_link.other_cluster_number as cluster_number,
        cluster_reached.start_cluster_number
    from cluster_reached
    inner join cluster_link on cluster_reached.cluster_number = cluster_link.cluster_number

),

touched_record as (

    select
        touched_cluster.record_number,
        min(cluster_reached.start_cluster_number) as group_number
    from touched_cluster
    left join cluster_reached on touched_cluster.cluster_number = cluster_reached.cluster_number
    group by touched_cluster.record_number

),

weighed as (

    select
        link.record_number,
        link.other_record_number,
        link.strength
    from link
    inner join touched_record on link.record_number = touched_record.record_number
    union all
    select
        record_number,
        other_record_number,
        2147483647 as strength
    from steward_link

),

kept_apart as (

    select
        vetoed.record_number,
        vetoed.other_record_number
    from {{ ref('int_person__vetoed') }} as vetoed
    inner join touched_record as record on vetoed.record_number = record.record_number
    inner join touched_record as other on vetoed.other_record_number = other.record_number
    where record.group_number is null or record.group_number is distinct from other.group_number
    union
    select
        record_number,
        other_record_number
    from override
    where is_kept_apart

),

divided as (

    select
        cluster_record.record_number,
        cluster_record.cluster_number
    from resolution.cluster(
        (select array_agg(record_number order by record_number, other_record_number) from weighed),
        (
            select array_agg(other_record_number order by record_number, other_record_number)
            from weighed
        ),
        (select array_agg(strength order by record_number, other_record_number) from weighed),
        (
            select array_agg(record_number order by record_number, other_record_number)
            from kept_apart
        ),
        (
            select array_agg(other_record_number order by record_number, other_record_number)
            from kept_apart
        )
    ) as cluster_record

),

unsteady as (

    select
        linked.record_number,
        linked.other_record_number
    from {{ ref('int_person__linked') }} as linked
    where linked.is_unsteady

),

unsteady_record as (

    select record_number from unsteady
    union
    select other_record_number as record_number from unsteady

),

settled as (

    select
        clustered.record_number,
        clustered.record_id,
        case
            when touched_record.record_number is null then clustered.cluster_number
            else coalesce(divided.cluster_number, clustered.record_number)
        end as cluster_number,
        -- what this hangs on: when it is another the next time, all is worked out again
        clustered.component_number,
        case when unsteady_record.record_number is not null then coalesce(held.person_id, 0) end
            as held_person_id,
        clustered.record_number in (
            select override.record_number from override
            union
            select override.other_record_number from override
        ) as is_spoken_of
    from clustered
    left join touched_record on clustered.record_number = touched_record.record_number
    left join divided on clustered.record_number = divided.record_number
    left join unsteady_record on clustered.record_number = unsteady_record.record_number
    left join {{ ref('int_person__held') }} as held on clustered.record_number = held.record_number

)

select * from settled
