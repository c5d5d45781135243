{{ config(meta={"dagster": {"ref": {"name": "person_relationship"}}}) }}

-- A mother has a child as surely as the child has a mother. One side alone would show the one in
-- the other's family, and not the other way round.

with tie as (

    select * from {{ ref('person_relationship') }}

)

select tie.person_relationship_id
from tie
left join tie as inverse
    on
        tie.person_id = inverse.related_person_id
        and tie.related_person_id = inverse.person_id
        and tie.basis = inverse.basis
where inverse.person_relationship_id is null or tie.person_id = tie.related_person_id
