-- Grain: one row per person of whom anything is told that a family can be made of.
--
-- All of it in one number, and so are the rules: a family whose people have the numbers that they
-- had is the family that it was. What was true until a day is told as it is today, so that what
-- follows never asks for the date. Whatever the models that follow read has to be in here.

with described as (

    select * from {{ ref('int_person__described') }}

),

noticed as (

    select * from {{ ref('int_person__noticed') }}

),

outlying as (

    select * from {{ ref('int_person__outlying') }}

),

likened as (

    select * from {{ ref('int_person__likened') }}

),

child as (

    select * from {{ ref('int_family__centred') }}

),

tie as (

    select * from {{ ref('int_relationship__mirrored') }}

),

override as (

    select * from {{ ref('int_family_override__mirrored') }}

),

restricted as (

    select * from {{ ref('int_relationship__restricted') }}

),

home as not materialized (

    select * from {{ ref('int_family__housed') }}

),

statement as (

    select
        judged.person_id,
        coalesce(recognised.person_id, judged.related_person_id) as recognised_person_id,
        hash_record_extended(row(judged.*, recognised.person_id), 7) as fact_hash
    from {{ ref('int_relationship__judged') }} as judged
    left join {{ ref('int_relationship__recognised') }} as recognised
        on judged.related_person_id = recognised.contact_person_id

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

spell as (

    select
        identified.person_id,
        hash_record_extended(row(resolved.*), 8) as fact_hash
    from identified
    inner join {{ ref('int_household__resolved') }} as resolved
        on identified.record_id = resolved.record_id

),

-- who moves is news to all who live there, but to strangers behind one door
household as (

    select
        home.household_id,
        sum(hash_record_extended(row(home.*), 0)) as occupants_hash
    from home
    where not home.is_communal
    group by home.household_id

),

fact as (

    select
        described.person_id,
        hash_record_extended(row(described.*), 1) as fact_hash
    from described
    union all
    select
        noticed.person_id,
        hash_record_extended(row(noticed.*), 2) as fact_hash
    from noticed
    union all
    select
        outlying.person_id,
        hash_record_extended(row(outlying.*), 10) as fact_hash
    from outlying
    union all
    select
        likened.person_id,
        hash_record_extended(row(likened.*), 11) as fact_hash
    from likened
    union all
    select
        child.child_id as person_id,
        hash_record_extended(row(child.*), 3) as fact_hash
    from child
    union all
    select
        tie.person_id,
        hash_record_extended(row(tie.*), 4) as fact_hash
    from tie
    union all
    select
        override.person_id,
        hash_record_extended(row(override.*), 5) as fact_hash
    from override
    union all
    select
        restricted.person_id,
        hash_record_extended(row(restricted.*), 6) as fact_hash
    from restricted
    union all
    select
        person_id,
        fact_hash
    from statement
    union all
    select
        recognised_person_id as person_id,
        fact_hash
    from statement
    union all
    select
        person_id,
        fact_hash
    from spell
    union all
    select
        home.person_id,
        hash_record_extended(row(home.*, household.occupants_hash), 9) as fact_hash
    from home
    left join household on home.household_id = household.household_id

),

rule as (

    select hash_record_extended(row(relationship_code.*), 1) as rule_hash
    from {{ ref('relationship_code') }} as relationship_code
    union all
    select hash_record_extended(row(basis.*), 2) as rule_hash
    from {{ ref('int_family_basis__dated') }} as basis
    union all
    select hash_record_extended(row(family_rule.*), 3) as rule_hash
    from {{ ref('int_family_rule__dated') }} as family_rule
    union all
    select hash_record_extended(row(parameter.*), 4) as rule_hash
    from {{ ref('int_family_parameter__dated') }} as parameter

),

rules as (

    select sum(rule_hash) as rules_hash from rule

),

told as (

    select
        fact.person_id,
        hash_record_extended(
            row(sum(fact.fact_hash), rules.rules_hash),
            {{
                rules_of([
                    'int_family__touched', 'int_family__evidenced', 'int_family__judged',
                    'int_family__gathered', 'family_member', 'family_explanation',
                ])
            }}
        ) as family_hash
    from fact
    cross join rules
    where fact.person_id is not null
    group by fact.person_id, rules.rules_hash

)

select * from told
