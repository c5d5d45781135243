-- Grain: one row per record of a feed of evidence: the person it tells of, where anybody can say.
--
-- Such a feed has no birth dates, so its records are hardly ever linked. For where somebody lives a
-- name at a door is enough: whoever has the record's full name and lived in the same dwelling at
-- the same time, when there is one such adult only. Nothing but the address is taken from it, and
-- a record of nobody's says nothing.

with feed as (

    select * from {{ ref('feed') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

record as (

    select
        identified.record_id,
        identified.person_id,
        feed.kind = 'evidence' as is_evidence
    from identified
    inner join {{ ref('int_person__unioned') }} as sent
        on identified.record_id = sent.record_id
    inner join feed on sent.feed = feed.feed

),

linked as (

    select person_id from record
    group by person_id
    having not bool_and(is_evidence)

),

named as (

    select
        record.*,
        standardised.given_name,
        standardised.family_name,
        standardised.date_of_birth,
        spell.household_id,
        spell.started_on,
        spell.ended_on
    from record
    inner join {{ ref('int_person__standardised') }} as standardised
        on record.record_id = standardised.record_id
    inner join {{ ref('int_household__resolved') }} as spell
        on record.record_id = spell.record_id
    where
        length(standardised.given_name) > 1
        and standardised.family_name is not null

),

of_name_at_door as (

    select distinct
        evidence.record_id,
        known.person_id,
        known.date_of_birth,
        -- nobody is billed as a child, nor for a time when they lived elsewhere
        coalesce(
            known.date_of_birth + make_interval(years => parameter.adult_age)
            <= evidence.started_on,
            true
        )
        and coalesce(known.started_on <= evidence.ended_on, true)
        and coalesce(known.ended_on >= evidence.started_on, true) as is_fitting
    from named as evidence
    inner join named as known
        on
            evidence.household_id = known.household_id
            and evidence.given_name = known.given_name
            and evidence.family_name = known.family_name
    cross join {{ ref('int_family_parameter__dated') }} as parameter
    where evidence.is_evidence and not known.is_evidence

),

-- father and son of one name are one too many
recognised as (

    select
        record_id,
        (array_agg(person_id order by date_of_birth asc nulls last, person_id asc))[1] as person_id
    from of_name_at_door
    group by record_id
    having count(distinct date_of_birth) <= 1 and bool_or(is_fitting)

),

ascribed as (

    select
        record.record_id,
        coalesce(linked.person_id, recognised.person_id) as person_id
    from record
    left join linked on record.person_id = linked.person_id
    left join recognised on record.record_id = recognised.record_id
    where record.is_evidence

)

select * from ascribed
