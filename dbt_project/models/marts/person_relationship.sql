-- Grain: one row per ordered pair of persons, ground and kind of tie.

with mirrored as (

    select * from {{ ref('int_relationship__mirrored') }}
    where not is_denied

),

person_relationship as (

    select
        {{
            hash_key([
                "person_id::text",
                "related_person_id::text",
                "basis",
                "relationship_group",
            ])
        }} as person_relationship_id,
        person_id,
        related_person_id,
        relationship_code::varchar(12) as relationship_code,
        relationship_group::varchar(30) as relationship_group,
        relationship_label::varchar(100) as relationship_label,
        basis::varchar(60) as basis,
        feed::varchar(40) as feed,
        started_on,
        ended_on,
        (
            case has_parental_responsibility
                when true then 'Yes' when false then 'No' else 'Unknown'
            end
        )::varchar(7) as has_parental_responsibility,
        (case when is_inverse then 'Yes' else 'No' end)::varchar(7) as is_inverse,
        delivery_id,
        source_table::varchar(60) as source_table,
        row_number
    from mirrored

)

select * from person_relationship
