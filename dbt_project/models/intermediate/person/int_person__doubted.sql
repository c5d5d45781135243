-- Grain: one row per link within a cluster that holds more records than one person leaves behind.
--
-- Nobody can tell from here where such a cluster goes wrong. What holds it together for certain
-- stays together and keeps its identifier; the other links are withheld until a steward has looked.
-- Kept from night to night; only touched records are doubted anew.

with clustered as (

    select
        connected.record_id,
        record.record_number,
        record.cluster_number
    from {{ ref('int_person__clustered') }} as record
    inner join {{ ref('int_person__connected') }} as connected
        on record.record_number = connected.record_number

),

record as (

    select
        record_id,
        feed,
        source_table
    from {{ ref('int_person__unioned') }}

),

cluster_limit as (

    select * from {{ ref('cluster_limit') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

parameter as (

    select max(value) as certain_weight
    from {{ ref('matching_parameter') }}
    where
        parameter = 'certain_weight'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

several as (

    select cluster_number from clustered
    group by cluster_number
    having count(*) > (select min(cluster_limit.most_records) from cluster_limit)

),

exceeded as (

    select
        clustered.cluster_number,
        cluster_limit.attention_reason
    from clustered
    inner join several on clustered.cluster_number = several.cluster_number
    inner join record on clustered.record_id = record.record_id
    inner join cluster_limit
        on
            record.feed = coalesce(cluster_limit.feed, record.feed)
            and record.source_table = coalesce(cluster_limit.source_table, record.source_table)
    group by
        clustered.cluster_number, cluster_limit.attention_reason, cluster_limit.feed,
        cluster_limit.source_table, cluster_limit.most_records
    having count(*) > cluster_limit.most_records

),

overgrown as (

    select
        cluster_number,
        min(attention_reason) as attention_reason
    from exceeded
    group by cluster_number

),

doubted as (

    select
        linked.record_number,
        linked.other_record_number,
        overgrown.attention_reason,
        linked.match_weight < (select parameter.certain_weight from parameter) as is_withheld,
        row_number() over (
            partition by overgrown.cluster_number
            order by linked.match_weight, linked.record_number, linked.other_record_number
        ) = 1 as is_weakest
    from {{ ref('int_person__linked') }} as linked
    inner join clustered on linked.record_number = clustered.record_number
    inner join clustered as other
        on
            linked.other_record_number = other.record_number
            and clustered.cluster_number = other.cluster_number
    inner join overgrown on clustered.cluster_number = overgrown.cluster_number
    where linked.decision = 'confirmed'

)

select * from doubted
