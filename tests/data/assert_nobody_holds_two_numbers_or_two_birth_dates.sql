{{ config(meta={"dagster": {"ref": {"name": "int_person__identified"}}}) }}

-- Asked of the people themselves, not of the vetoes: whatever the rules say, whoever has two valid
-- NHS numbers or two birth dates, or several records one of which says no birth date, is two.

select record.person_id
from {{ ref('int_person__identified') }} as record
inner join {{ ref('int_person__standardised') }} as stated
    on record.record_id = stated.record_id
group by record.person_id
having
    count(distinct stated.nhs_number) > 1
    or count(distinct stated.date_of_birth) > 1
    or (count(*) > 1 and count(*) > count(stated.date_of_birth))
    or (count(*) > 1 and bool_or(stated.is_set_aside))
