{{ config(meta={"dagster": {"ref": {"name": "int_household__resolved"}}}) }}

-- The number of a household is sixty bits of a hash. Two dwellings of one number would show
-- strangers to each other: at a million dwellings the chance is one in two million, so it stops
-- the run instead of being handled.

select household_id
from {{ ref('int_household__resolved') }}
group by household_id
having count(distinct dwelling_key) > 1
