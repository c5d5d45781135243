-- Grain: one row per record, and the person it is about.
--
-- A person keeps the identifier that they were last published under: the cluster and the identifier
-- that share more records with each other than with any other; of two halves, the one that has not
-- changed lately. A cluster left without one takes back a retired identifier of its records, found
-- the same way: a merge undone is as if it had never been. New identifiers follow the largest ever
-- used, in the order of the smallest record of each cluster, so that the same rows always give the
-- same identifiers. Kept from night to night; only touched records are identified anew.

with settled as not materialized (

    select * from {{ ref('int_person__settled') }}

),

record as (

    select
        record_id,
        delivery_id
    from {{ ref('int_person__unioned') }}

),

published as (

    select * from {{ ref('stg_published__person_source_record') }}

),

retired as (

    select * from {{ ref('stg_published__person_redirect') }}

),

history as (

    select * from {{ ref('stg_published__person_record_history') }}

),

retired_history as (

    select history.* from history
    inner join retired on history.person_id = retired.retired_person_id

),

-- the first generation in which somebody's records came to a person from one who was retired
merged as (

    select
        published.person_id,
        min(history.first_generation) as merged_in_generation
    from published
    inner join retired_history on published.record_id = retired_history.record_id
    inner join history
        on
            published.record_id = history.record_id
            and published.person_id = history.person_id
    group by published.person_id

),

late as (

    select history.record_id
    from history
    inner join published
        on history.record_id = published.record_id and history.person_id = published.person_id
    inner join merged on published.person_id = merged.person_id
    where history.first_generation >= merged.merged_in_generation

),

overlap as (

    select
        settled.cluster_id,
        published.person_id,
        count(*) as record_count,
        -- whoever was merged into a person, or came after, takes no identifier from those who were
        -- the person before
        count(*) filter (where late.record_id is null) as own_record_count,
        max(record.delivery_id) as last_delivery_id
    from settled
    inner join published on settled.record_id = published.record_id
    left join record on settled.record_id = record.record_id
    left join late on published.record_id = late.record_id
    group by settled.cluster_id, published.person_id

),

preferred as (

    select
        *,
        row_number() over (
            partition by cluster_id order by record_count desc, person_id asc
        ) as rank_of_person,
        row_number() over (
            partition by person_id
            order by
                own_record_count desc, record_count desc, last_delivery_id asc, cluster_id asc
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

former_overlap as (

    select
        settled.cluster_id,
        retired_history.person_id,
        count(*) as record_count,
        min(retired_history.first_generation) as first_generation
    from settled
    inner join retired_history on settled.record_id = retired_history.record_id
    left join inherited on settled.cluster_id = inherited.cluster_id
    where inherited.cluster_id is null
    group by settled.cluster_id, retired_history.person_id

),

former_preferred as (

    select
        *,
        row_number() over (
            partition by cluster_id order by record_count desc, first_generation asc, person_id asc
        ) as rank_of_person,
        row_number() over (
            partition by person_id order by record_count desc, first_generation asc, cluster_id asc
        ) as rank_of_cluster
    from former_overlap

),

kept as (

    select
        cluster_id,
        person_id
    from inherited
    union all
    select
        cluster_id,
        person_id
    from former_preferred
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

    select cluster_id from settled
    group by cluster_id

),

person as (

    select
        cluster.cluster_id,
        coalesce(
            kept.person_id,
            (select used.largest_person_id from used)
            + row_number() over (
                partition by kept.person_id is null order by cluster.cluster_id
            )
        ) as person_id
    from cluster
    left join kept on cluster.cluster_id = kept.cluster_id

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
        record_id,
        other_record_id,
        'steward' as match_rule,
        2147483647 as strength
    from {{ ref('int_link_override__judged') }}
    where verdict = 'steward_link'

),

joining as materialized (

    select
        accepted.record_id,
        accepted.other_record_id,
        accepted.match_rule,
        accepted.strength
    from accepted
    inner join settled on accepted.record_id = settled.record_id
    inner join settled as other
        on
            accepted.other_record_id = other.record_id
            and settled.cluster_id = other.cluster_id

),

each_end as (

    select
        record_id,
        match_rule,
        strength
    from joining
    union all
    select
        other_record_id as record_id,
        match_rule,
        strength
    from joining

),

joined as (

    select distinct on (record_id)
        record_id,
        match_rule
    from each_end
    order by record_id asc, strength desc, match_rule asc

),

identified as (

    select
        settled.record_id,
        settled.cluster_id,
        person.person_id,
        coalesce(joined.match_rule, 'alone') as match_rule
    from settled
    inner join person on settled.cluster_id = person.cluster_id
    left join joined on settled.record_id = joined.record_id

)

select * from identified
