-- Grain: one row per kind of blocking key of which a block is too large to be compared.
--
-- Whoever shares nothing else with a record was not compared with it. Which value makes a block so
-- large nobody can tell from its key: often one that stands for none.

with compared as (

    select * from {{ ref('stg_resolution__compared_record') }}
    where cardinality(skipped_keys) > 0

),

unsearched as (

    select record_id from {{ ref('int_person__unsearched') }}

),

blocking_key as (

    select * from {{ ref('blocking_key') }}

),

skipped as (

    select
        compared.record_id,
        unnest(compared.skipped_keys) as block_key,
        unsearched.record_id is not null as has_no_other_key
    from compared
    left join unsearched on compared.record_id = unsearched.record_id

),

block as (

    select
        block_key,
        count(*) as record_count
    from skipped
    group by block_key

),

counted as (

    select
        blocking_key.key_kind,
        blocking_key.key_kind_label,
        count(distinct block.block_key) as block_count,
        max(block.record_count) as largest_block,
        count(distinct skipped.record_id) as record_count,
        count(distinct skipped.record_id) filter (where skipped.has_no_other_key)
            as unsearched_record_count
    from skipped
    inner join block on skipped.block_key = block.block_key
    inner join blocking_key
        on skipped.block_key & 65535 = resolution.kind_mark(blocking_key.key_kind)
    group by blocking_key.key_kind, blocking_key.key_kind_label

)

select * from counted
