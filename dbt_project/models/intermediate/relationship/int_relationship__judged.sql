-- Grain: one row per tie between two records, as one source states it, accepted or not and why.
--
-- The direction is what goes wrong most: a parent younger than the child is the child.

with stated as (

    select * from {{ ref('int_relationship__unioned') }}

),

identified as not materialized (

    select * from {{ ref('int_person__identified') }}

),

person as not materialized (

    select
        person_id,
        coalesce(date_of_birth, expected_date_of_birth) as born_on
    from {{ ref('int_person__described') }}

),

relationship_code as (

    select * from {{ ref('relationship_code') }}

),

age_rule as not materialized (

    select * from {{ ref('relationship_age_rule') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

-- seen from the elder the rule is that of the tie turned round
rule_by_code as (

    select
        relationship_code.relationship_code,
        age_rule.minimum_years_older,
        inverse_rule.minimum_years_older as minimum_years_younger
    from relationship_code
    left join age_rule on relationship_code.relationship_code = age_rule.relationship_code
    left join age_rule as inverse_rule
        on relationship_code.inverse_code = inverse_rule.relationship_code

),

known as (

    select
        identified.person_id,
        related.person_id as related_person_id,
        stated.*,
        person.born_on,
        related_person.born_on as related_born_on,
        rule_by_code.minimum_years_older,
        rule_by_code.minimum_years_younger
    from stated
    left join identified on stated.record_id = identified.record_id
    left join identified as related on stated.related_record_id = related.record_id
    left join person on identified.person_id = person.person_id
    left join person as related_person on related.person_id = related_person.person_id
    left join rule_by_code on stated.relationship_code = rule_by_code.relationship_code

),

judged as (

    select
        person_id,
        related_person_id,
        record_id,
        related_record_id,
        feed,
        basis,
        relationship_code,
        relationship_group,
        case
            when person_id is null or related_person_id is null then 'person not held'
            when service_role is not null then 'professional'
            when relationship_group = 'none' then 'no tie'
            when relationship_group = 'same_person' then 'same person stated'
            when relationship_code is null then 'code not known'
            when person_id = related_person_id or relationship_group = 'self' then 'tie to oneself'
            when born_on < related_born_on + make_interval(years => minimum_years_older)
                then 'too young for it'
            when related_born_on < born_on + make_interval(years => minimum_years_younger)
                then 'too old for it'
        end as refusal,
        parse.believable_day(started_on) as started_on,
        parse.believable_day(case when ended_on < started_on then started_on else ended_on end)
            as ended_on,
        has_parental_responsibility,
        is_household_member,
        -- as sent: a day that cannot be does not keep a care going
        is_carer
        and coalesce(started_on <= {{ as_of_date() }}, true)
        and coalesce(ended_on >= {{ as_of_date() }}, true) as is_carer,
        delivery_id,
        source_table,
        row_number
    from known

)

select * from judged
