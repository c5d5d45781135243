-- Grain: one row per record of which every block is too large to be compared.

-- as the scores left it: {{ ref('int_person__scored') }}
with compared as (

    select * from {{ ref('stg_resolution__compared_record') }}

),

unsearched as (

    select record_id from compared
    where cardinality(skipped_keys) > 0 and blocking_keys <@ skipped_keys

)

select * from unsearched
