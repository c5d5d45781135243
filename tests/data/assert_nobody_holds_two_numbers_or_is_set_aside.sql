{{ config(meta={"dagster": {"ref": {"name": "int_person__identified"}}}) }}

-- Asked of the people themselves, not of the vetoes: whatever the weights say, whoever has two
-- valid NHS numbers is two, and nobody is joined to a record that is not to be used. Birth dates
-- may differ by a slip: which slips, the vetoes say.

with stated as (

    select
        identified.person_id,
        described.nhs_number,
        described.is_set_aside
    from {{ ref('int_person__identified') }} as identified
    inner join {{ ref('int_person__standardised') }} as described
        on identified.record_id = described.record_id

)

select person_id
from stated
group by person_id
having
    count(distinct nhs_number) > 1
    or (count(*) > 1 and bool_or(is_set_aside))
