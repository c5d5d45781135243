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
    inner join retired_history on published.record_number = retired_history.record_number
    inner join history
        on
            published.record_number = history.record_number
            and published.person_id = history.person_id
    group by published.person_id

),

late as (

    select history.record_number
    from history
    inner join published
        on
            history.record_number = published.record_number
            and history.person_id = published.person_id
    inner join merged on published.person_id = merged.person_id
    where history.first_generation >= merged.merged_in_generation

),

overlap as (

    select
        settled.cluster_number,
        published.person_id,
        count(*) as record_count,
        -- whoever was merged into a person, or came after, takes no identifier from those who were
        -- the person before
        count(*) filter (where late.record_number is null) as own_record_count,
        max(record.delivery_id) as last_delivery_id
    from settled
    inner join published on settled.record_number = published.record_number
    left join record on settled.record_id = record.record_id
    left join late on published.record_number = late.record_number
    group by settled.cluster_number, published.person_id

),

preferred as (

    select
        *,
        row_number() over (
            partition by cluster_number order by record_count desc, person_id asc
        ) as rank_of_person,
        row_number() over (
            partition by person_id
            order by
                own_record_count desc, record_count desc, last_delivery_id asc, cluster_number asc
        ) as rank_of_cluster
    from overlap

),

inherited as (

    select
        cluster_number,
        person_id
    from preferred
    where rank_of_person = 1 and rank_of_cluster = 1

),

former_overlap as (

    select
        settled.cluster_number,
        retired_history.person_id,
        count(*) as record_count,
        min(retired_history.first_generation) as first_generation
    from settled
    inner join retired_history on settled.record_number = retired_history.record_number
    left join inherited on settled.cluster_number = inherited.cluster_number
    where inherited.cluster_number is null
    group by settled.cluster_number, retired_history.person_id

),

former_preferred as (

    select
        *,
        row_number() over (
            partition by cluster_number
            order by record_count desc, first_generation asc, person_id asc
        ) as rank_of_person,
        row_number() over (
            partition by person_id
            order by record_count desc, first_generation asc, cluster_number asc
        ) as rank_of_cluster
    from former_overlap

),

kept as (

    select
        cluster_number,
        person_id
    from inherited
    union all
    select
        cluster_number,
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

    select
        cluster_number,
        min(record_id) as smallest_record_id
    from settled
    group by cluster_number

),

person as (

    select
        cluster.cluster_number,
        coalesce(
            kept.person_id,
            (select used.largest_person_id from used)
            + row_number() over (
                partition by kept.person_id is null order by cluster.smallest_record_id
            )
        ) as person_id
    from cluster
    left join kept on cluster.cluster_number = kept.cluster_number

),

accepted as (

    select
        record_number,
        other_record_number,
        match_rule,
        strength
    from {{ ref('int_person__linked') }}
    where decision = 'confirmed'
    union all
    select
        record_number,
        other_record_number,
        'steward' as match_rule,
        2147483647 as strength
    from {{ ref('int_link_override__judged') }}
    where verdict = 'steward_link'

),

joining as materialized (

    select
        accepted.record_number,
        accepted.other_record_number,
        accepted.match_rule,
        accepted.strength
    from accepted
    inner join settled on accepted.record_number = settled.record_number
    inner join settled as other
        on
            accepted.other_record_number = other.record_number
            and settled.cluster_number = other.cluster_number

),

each_end as (

    select
        record_number,
        match_rule,
        strength
    from joining
    union all
    select
        other_record_number as record_number,
        match_rule,
        strength
    from joining

),

joined as (

    select distinct on (record_number)
        record_number,
        match_rule
    from each_end
    order by record_number asc, strength desc, match_rule asc

),

identified as (

    select
        settled.record_id,
        settled.record_number,
        person.person_id,
        coalesce(joined.match_rule, 'alone') as match_rule
    from settled
    inner join person on settled.cluster_number = person.cluster_number
    left join joined on settled.record_number = joined.record_number

)

select * from identified
