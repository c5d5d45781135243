{{ config(meta={"dagster": {"ref": {"name": "family_context"}}}) }}

-- The promise of the whole warehouse, asked of the answers themselves and not of the rule that
-- made them: connected, up to date, of a person we could match and of the right age, of whom no row
-- was set aside, and who lives where the council's services reach as far as anybody knows.

with answer as (

    select * from {{ ref('family_context') }}
    where involvement_status in ('none_found', 'unknown', 'no')

),

coverage as (

    select * from {{ ref('service_coverage') }}

),

person as (

    select * from {{ ref('person') }}

),

set_aside as (

    select * from {{ ref('int_person__set_aside') }}

),

involvement as (

    select
        person_id,
        service
    from {{ ref('service_involvement') }}
    group by person_id, service

)

select
    answer.child_id,
    answer.member_id,
    answer.service
from answer
left join coverage on answer.service = coverage.service
left join person on answer.member_id = person.person_id
left join set_aside
    on answer.member_id = set_aside.person_id and coverage.feed = set_aside.feed
left join involvement
    on answer.member_id = involvement.person_id and answer.service = involvement.service
where
    coverage.is_connected is distinct from 'Yes'
    or coverage.is_out_of_date is distinct from 'No'
    or coverage.search_to is null
    or person.is_matchable is distinct from 'Yes'
    or (
        person.date_of_birth is null
        and coalesce(coverage.minimum_age, coverage.maximum_age) is not null
    )
    or set_aside.person_id is not null
    or answer.home_area = 'outside'
    or (answer.known_only_from is not null and answer.home_area <> 'inside')
    or involvement.person_id is not null
    or answer.spell_id is not null
    or answer.spell_count <> 0
