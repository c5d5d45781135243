-- Grain: one row per person whom only neighbouring councils know.
--
-- No service here has a word of them: what is said is a neighbour's, and so is whom to ring.

with record as (

    select
        known.person_id,
        neighbour.gss_code,
        neighbour.record_id is not null as is_of_neighbour
    from {{ ref('int_person__identified') }} as known
    left join {{ ref('stg_neighbouring_council__person') }} as neighbour
        on known.record_id = neighbour.record_id

),

council as (

    select * from {{ ref('neighbouring_council') }}

),

outlying as (

    select
        record.person_id,
        string_agg(
            distinct coalesce(council.council_label, record.gss_code), ', '
            order by coalesce(council.council_label, record.gss_code)
        ) as known_only_from
    from record
    left join council on record.gss_code = council.gss_code
    group by record.person_id
    having bool_and(record.is_of_neighbour)

)

select * from outlying
