-- Grain: one row per person of whom no address and no number is told.
--
-- The marts leave them out; what was published before anybody knew is hidden by this.

with withheld as (

    select * from {{ ref('int_person__withheld') }}

),

withheld_person as (

    select person_id::bigint as person_id
    from withheld

)

select * from withheld_person
