-- Grain: one row per record, and the cluster of records that are one person.
--
-- The strongest links are taken first, and two clusters never join when any two of their records
-- are vetoed. Confirmed links make a person. With probable ones, clusters grow wider: that is
-- where else to search, and never carries a fact. Where a component holds no veto there is nothing
-- to choose. A cluster is named after its smallest number. Kept from night to night; only touched
-- records are clustered anew.

with recursive connected as (

    select * from {{ ref('int_person__connected') }}

),

vetoed as (

    select vetoed.*
    from {{ ref('int_person__vetoed') }} as vetoed
    inner join connected on vetoed.record_number = connected.record_number

),

contested_component as (

    select component_number from vetoed
    group by component_number

),

link as (

    select
        linked.record_number,
        linked.other_record_number,
        linked.decision,
        linked.strength,
        connected.component_number,
        contested_component.component_number is not null as is_contested
    from {{ ref('int_person__linked') }} as linked
    inner join connected on linked.record_number = connected.record_number
    left join contested_component
        on connected.component_number = contested_component.component_number
    where linked.decision in ('confirmed', 'probable')

),

contested_link as (

    select * from link
    where is_contested

),

confirmed_apart as (

    select * from resolution.cluster(
        (
            select array_agg(record_number order by record_number, other_record_number)
            from contested_link
            where decision = 'confirmed'
        ),
        (
            select array_agg(other_record_number order by record_number, other_record_number)
            from contested_link
            where decision = 'confirmed'
        ),
        (
            select array_agg(strength order by record_number, other_record_number)
            from contested_link
            where decision = 'confirmed'
        ),
        (select array_agg(record_number order by record_number, other_record_number) from vetoed),
        (
            select array_agg(other_record_number order by record_number, other_record_number)
            from vetoed
        )
    )

),

probable_apart as (

    select * from resolution.cluster(
        (
            select array_agg(record_number order by record_number, other_record_number)
            from contested_link
        ),
        (
            select array_agg(other_record_number order by record_number, other_record_number)
            from contested_link
        ),
        (
            select array_agg(strength order by record_number, other_record_number)
            from contested_link
        ),
        (select array_agg(record_number order by record_number, other_record_number) from vetoed),
        (
            select array_agg(other_record_number order by record_number, other_record_number)
            from vetoed
        )
    )

),

-- components without a veto, of which some links are only probable
divided_component as (

    select component_number from link
    where not is_contested
    group by component_number
    having bool_or(decision = 'probable')

),

divided_link as (

    select
        link.record_number,
        link.other_record_number
    from link
    inner join divided_component on link.component_number = divided_component.component_number
    where link.decision = 'confirmed'
    union all
    select
        link.other_record_number as record_number,
        link.record_number as other_record_number
    from link
    inner join divided_component on link.component_number = divided_component.component_number
    where link.decision = 'confirmed'

),

reached as (

    select
        record_number,
        record_number as start_record_number
    from divided_link
    group by record_number
    having record_number < min(other_record_number)
    union
    select
        divided_link.other_record_number as record_number,
        reached.start_record_number
    from reached
    inner join divided_link on reached.record_number = divided_link.record_number

),

divided as (

    select
        record_number,
        min(start_record_number) as cluster_number
    from reached
    group by record_number

),

clustered as (

    select
        connected.record_number,
        coalesce(
            confirmed_apart.cluster_number,
            divided.cluster_number,
            case
                when
                    contested_component.component_number is null
                    and divided_component.component_number is null
                    then connected.component_number
            end,
            connected.record_number
        ) as cluster_number,
        coalesce(
            probable_apart.cluster_number,
            case
                when contested_component.component_number is null then connected.component_number
            end,
            connected.record_number
        ) as probable_cluster_number
    from connected
    left join contested_component
        on connected.component_number = contested_component.component_number
    left join divided_component
        on connected.component_number = divided_component.component_number
    left join confirmed_apart on connected.record_number = confirmed_apart.record_number
    left join probable_apart on connected.record_number = probable_apart.record_number
    left join divided on connected.record_number = divided.record_number

)

select * from clustered
