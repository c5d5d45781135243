-- Grain: one row per decision in force about two people whom some feed knows, and whether it holds.
--
-- Where people contradict each other nobody can tell who is wrong: none of what they say of the two
-- is done, the sources stand, and it is shown. Nor does a worker's no hide whom a source gives
-- parental responsibility: that ends in the source, and until then the no is shown with the member.

with recognised as (

    select * from {{ ref('int_relationship__recognised') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

record as (

    select
        record.feed,
        coalesce(record.source_person_id, record.record_id) as source_person_id,
        coalesce(recognised.person_id, identified.person_id) as person_id
    from {{ ref('int_person__unioned') }} as record
    inner join identified on record.record_id = identified.record_id
    -- a school contact who is somebody else's record too is that person in every family
    left join recognised on identified.person_id = recognised.contact_person_id

),

-- from whichever side it is stated
responsible as (

    select distinct
        least(tie.person_id, coalesce(recognised.person_id, tie.related_person_id)) as one_id,
        greatest(tie.person_id, coalesce(recognised.person_id, tie.related_person_id)) as other_id
    from {{ ref('int_relationship__judged') }} as tie
    left join recognised on tie.related_person_id = recognised.contact_person_id
    where tie.refusal is null and tie.has_parental_responsibility

),

relationship_code as (

    select * from {{ ref('relationship_code') }}

),

in_force as (

    select * from {{ ref('stg_stewardship__family_override') }}
    where not is_withdrawn and coalesce(until_on, {{ as_of_date() }}) >= {{ as_of_date() }}

),

named as (

    select
        in_force.family_override_id,
        record.person_id,
        other.person_id as related_person_id,
        in_force.instruction,
        in_force.relationship_code,
        in_force.feed,
        in_force.decided_on,
        in_force.review_on,
        relationship_code.inverse_code
    from in_force
    inner join record
        on
            in_force.feed = record.feed
            and in_force.source_person_id = record.source_person_id
    inner join record as other
        on
            in_force.other_feed = other.feed
            and in_force.other_source_person_id = other.source_person_id
    left join relationship_code on in_force.relationship_code = relationship_code.relationship_code

),

-- what is said of a pair from either side: mother and parent are one word, and so are the parent
-- of the one and the child of the other
said as (

    select
        named.family_override_id,
        least(named.person_id, named.related_person_id) as one_id,
        greatest(named.person_id, named.related_person_id) as other_id,
        named.instruction,
        case
            when named.person_id < named.related_person_id then inverse.inverse_code
            else named.inverse_code
        end as neutral_code
    from named
    left join relationship_code as inverse on named.inverse_code = inverse.relationship_code

),

contradicted as (

    select
        one_id,
        other_id
    from said
    group by one_id, other_id
    having
        (bool_or(instruction = 'not_family') and bool_or(instruction <> 'not_family'))
        or count(distinct neutral_code) filter (where instruction = 'relationship') > 1
        or count(distinct neutral_code) filter (where instruction = 'also_family') > 1

),

judged as (

    select
        named.family_override_id,
        named.person_id,
        named.related_person_id,
        named.instruction,
        named.relationship_code,
        named.feed,
        named.decided_on,
        named.review_on,
        case
            when named.person_id = named.related_person_id then 'one_person'
            when named.instruction <> 'not_family' and named.inverse_code is null
                then 'code_not_known'
            when contradicted.one_id is not null then 'contradicted'
            when named.instruction = 'not_family' and responsible.one_id is not null
                then 'disputed'
            else 'in_force'
        end as verdict
    from named
    inner join said on named.family_override_id = said.family_override_id
    left join contradicted
        on said.one_id = contradicted.one_id and said.other_id = contradicted.other_id
    left join responsible
        on said.one_id = responsible.one_id and said.other_id = responsible.other_id

)

select * from judged
