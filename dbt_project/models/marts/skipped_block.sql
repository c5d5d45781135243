-- Grain: one row per kind of key by which too many records are alike to be compared.

with skipped as (

    select * from {{ ref('int_person__skipped') }}

),

picked as (

    select
        key_kind::varchar(40) as key_kind,
        key_kind_label::varchar(100) as key_kind_label,
        block_count::integer as block_count,
        largest_block::integer as largest_block,
        record_count::integer as record_count,
        unsearched_record_count::integer as unsearched_record_count
    from skipped

)

select * from picked
