-- Grain: one row per spelling of a given or family name: how it sounds, and its letters.
--
-- Many records share a name: this is worked out once.

with record as not materialized (

    select * from {{ ref('int_person__standardised') }}
    where not is_set_aside

),

spelt as (

    select given_name as spelling from record
    where given_name is not null
    union
    select family_name as spelling from record
    where family_name is not null

),

sounded as (

    select
        spelling,
        extensions.dmetaphone(spelling) as sound,
        resolution.letters(spelling) as letters
    from spelt

)

select * from sounded
