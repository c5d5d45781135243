-- Grain: one row per decision of a person about two records.
--
-- Who decided, and why, is for people to read: it decides nothing here and goes no further.

with source as (

    select
        link_override_id,
        instruction,
        ground,
        feed,
        source_person_id,
        other_feed,
        other_source_person_id,
        until_on,
        withdrawn_at
    from {{ source('stewardship', 'link_override') }}

),

renamed as (

    select
        -- keys
        link_override_id,

        -- who
        feed,
        source_person_id,
        other_feed,
        other_source_person_id,

        -- what
        instruction,
        ground <> 'evidence' as is_ban,

        -- when
        until_on,
        withdrawn_at is not null as is_withdrawn
    from source

)

select * from renamed
