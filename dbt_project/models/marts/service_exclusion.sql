-- Grain: one row per person and service that is not shown for them, with the reason.

with person as (

    select * from {{ ref('person') }}

),

rule as (

    select * from {{ ref('int_service_rule__dated') }}
    where has_age_limit

),

judged as (

    select
        person.person_id,
        rule.service,
        case
            when person.date_of_birth > rule.born_by then 'too_young'
            when person.date_of_birth <= rule.born_after then 'too_old'
            when person.date_of_birth is not null then null
            when person.expected_date_of_birth >= {{ as_of_date() }} then 'unborn'
            when not rule.is_shown_when_age_unknown then 'age_unknown'
        end::varchar(60) as status_reason
    from person
    cross join rule

),

excluded as (

    select
        person_id,
        service,
        -- who may be of the right age cannot be searched for, which is not the same as is not
        case
            when status_reason = 'age_unknown' then 'not_matchable'
            else 'not_in_scope'
        end::varchar(20) as involvement_status,
        status_reason
    from judged
    where status_reason is not null

)

select * from excluded
