-- Grain: one row per decision of a person about a child and somebody else.
--
-- Who decided, and why, is for people to read: it decides nothing here and goes no further.

with source as (

    select
        family_override_id,
        instruction,
        relationship_code,
        feed,
        source_person_id,
        other_feed,
        other_source_person_id,
        decided_at,
        until_on,
        review_on,
        withdrawn_at
    from {{ source('stewardship', 'family_override') }}

),

renamed as (

    select
        -- keys
        family_override_id,

        -- who
        feed,
        source_person_id,
        other_feed,
        other_source_person_id,

        -- what
        instruction,
        relationship_code,

        -- when
        (decided_at at time zone 'Europe/London')::date as decided_on,
        until_on,
        review_on,
        withdrawn_at is not null as is_withdrawn
    from source

)

select * from renamed
