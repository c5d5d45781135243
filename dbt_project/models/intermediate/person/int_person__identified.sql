-- Grain: one row per record, and the person it is about.
--
-- A person keeps the identifier that they were last published under: the cluster and the identifier
-- that share more records with each other than with any other. New identifiers follow
-- the largest ever used, in the order of the smallest record of each cluster, so that the same
-- rows always give the same identifiers.

with clustered as (

    select * from {{ ref('int_person__clustered') }}

),

published as (

    select * from {{ ref('stg_published__person_source_record') }}

),

retired as (

    select * from {{ ref('stg_published__person_redirect') }}

),

overlap as (

    select
        clustered.cluster_id,
        published.person_id,
        count(*) as record_count
    from clustered
    inner join published on clustered.record_id = published.record_id
    group by clustered.cluster_id, published.person_id

),

preferred as (

    select
        *,
        row_number() over (
            partition by cluster_id order by record_count desc, person_id asc
        ) as rank_of_person,
        row_number() over (
            partition by person_id order by record_count desc, cluster_id asc
        ) as rank_of_cluster
    from overlap

),

inherited as (

    select
        cluster_id,
        person_id
    from preferred
    where rank_of_person = 1 and rank_of_cluster = 1

),

used as (

    select
        greatest(
            0,
            (select max(person_id) from published),
            (select max(retired_person_id) from retired)
        )::bigint as largest_person_id

),

cluster as (

    select cluster_id from clustered
    group by cluster_id

),

person as (

    select
        cluster.cluster_id,
        coalesce(
            inherited.person_id,
            used.largest_person_id
            + row_number() over (
                partition by inherited.person_id is null order by cluster.cluster_id
            )
        ) as person_id
    from cluster
    left join inherited on cluster.cluster_id = inherited.cluster_id
    cross join used

),

accepted as (

    select
        record_id,
        other_record_id,
        match_rule,
        strength
    from {{ ref('int_person__linked') }}
    where decision = 'confirmed'
    union all
    select
        other_record_id as record_id,
        record_id as other_record_id,
        match_rule,
        strength
    from {{ ref('int_person__linked') }}
    where decision = 'confirmed'

),

joined as (

    select distinct on (accepted.record_id)
        accepted.record_id,
        accepted.match_rule
    from accepted
    inner join clustered on accepted.record_id = clustered.record_id
    inner join clustered as other
        on
            accepted.other_record_id = other.record_id
            and clustered.cluster_id = other.cluster_id
    order by accepted.record_id asc, accepted.strength desc, accepted.match_rule asc

),

identified as (

    select
        clustered.record_id,
        clustered.cluster_id,
        person.person_id,
        coalesce(joined.match_rule, 'alone') as match_rule
    from clustered
    inner join person on clustered.cluster_id = person.cluster_id
    left join joined on clustered.record_id = joined.record_id

)

select * from identified
