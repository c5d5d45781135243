-- Grain: one row per record and child of whom a source says that the record is parent or carer.
--
-- The child goes by its given name and birth date, which each feed knows for itself: so two feeds
-- tell of one mother without anybody having been matched before.

with tie as (

    select * from {{ ref('int_relationship__unioned') }}

),

relationship_code as (

    select * from {{ ref('relationship_code') }}

),

child as (

    select
        record_id,
        given_name || '/' || to_char(date_of_birth, 'YYYYMMDD') as child_key
    from {{ ref('int_person__standardised') }}
    where given_name is not null and date_of_birth is not null

),

elder as (

    select
        related_record_id as record_id,
        record_id as child_record_id,
        relationship_group
    from tie
    union all
    select
        tie.record_id,
        tie.related_record_id as child_record_id,
        inverse.relationship_group
    from tie
    inner join relationship_code on tie.relationship_code = relationship_code.relationship_code
    inner join relationship_code as inverse
        on relationship_code.inverse_code = inverse.relationship_code

),

-- a grandfather is told from a father of his name
accompanied as (

    select
        elder.record_id,
        elder.relationship_group || '/' || child.child_key as child_key
    from elder
    inner join child on elder.child_record_id = child.record_id
    where elder.relationship_group in ('parent', 'carer', 'grandparent')
    group by elder.record_id, elder.relationship_group, child.child_key

)

select * from accompanied
