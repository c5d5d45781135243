-- Grain: one row per record, and the cluster of records that are one person.
--
-- The strongest links are taken first, and two clusters never join when any two of their records
-- are vetoed. Confirmed links make a person. With probable ones, clusters grow wider: that
-- is where else to search, and never carries a fact. A cluster is named after its smallest record.

with record as (

    select record_id from {{ ref('int_person__standardised') }}

),

link as (

    select
        record_id,
        other_record_id,
        strength,
        decision
    from {{ ref('int_person__linked') }}
    where decision in ('confirmed', 'probable')

),

vetoed as (

    select * from {{ ref('int_person__vetoed') }}

),

confirmed as (

    select * from resolution.cluster(
        (
            select array_agg(record_id::text order by record_id, other_record_id) from link
            where decision = 'confirmed'
        ),
        (
            select array_agg(other_record_id::text order by record_id, other_record_id) from link
            where decision = 'confirmed'
        ),
        (
            select array_agg(strength order by record_id, other_record_id) from link
            where decision = 'confirmed'
        ),
        (select array_agg(record_id::text order by record_id, other_record_id) from vetoed),
        (select array_agg(other_record_id::text order by record_id, other_record_id) from vetoed)
    )

),

probable as (

    select * from resolution.cluster(
        (select array_agg(record_id::text order by record_id, other_record_id) from link),
        (select array_agg(other_record_id::text order by record_id, other_record_id) from link),
        (select array_agg(strength order by record_id, other_record_id) from link),
        (select array_agg(record_id::text order by record_id, other_record_id) from vetoed),
        (select array_agg(other_record_id::text order by record_id, other_record_id) from vetoed)
    )

),

clustered as (

    select
        record.record_id,
        coalesce(confirmed.cluster_id, record.record_id)::varchar(64) as cluster_id,
        coalesce(probable.cluster_id, record.record_id)::varchar(64) as probable_cluster_id
    from record
    left join confirmed on record.record_id = confirmed.record_id
    left join probable on record.record_id = probable.record_id

)

select * from clustered
