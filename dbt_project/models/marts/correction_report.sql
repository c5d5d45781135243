-- Grain: one row per decision in force about a family, and row of a source that says otherwise.
--
-- What goes back to whoever keeps the source. It is withdrawn when the source is put right: then
-- nothing says otherwise any more, and the decision stands alone, settled.

with decision as (

    select * from {{ ref('int_family_override__judged') }}

),

recognised as (

    select * from {{ ref('int_relationship__recognised') }}

),

record as (

    select
        record_id,
        coalesce(source_person_id, record_id) as source_person_id
    from {{ ref('int_person__unioned') }}

),

-- mother and parent are one word: a source that says either has nothing to put right
code as (

    select
        relationship_code.relationship_code,
        relationship_code.relationship_label,
        relationship_code.inverse_code,
        inverse.inverse_code as neutral_code
    from {{ ref('relationship_code') }} as relationship_code
    inner join {{ ref('relationship_code') }} as inverse
        on relationship_code.inverse_code = inverse.relationship_code

),

statement as (

    select
        tie.person_id,
        coalesce(recognised.person_id, tie.related_person_id) as related_person_id,
        tie.record_id,
        tie.related_record_id,
        tie.feed,
        tie.source_table,
        tie.delivery_id,
        tie.row_number,
        code.relationship_label,
        code.neutral_code,
        code.inverse_code
    from {{ ref('int_relationship__judged') }} as tie
    inner join code on tie.relationship_code = code.relationship_code
    left join recognised on tie.related_person_id = recognised.contact_person_id
    where tie.refusal is null

),

-- from whichever side the source states it
both_sides as (

    select
        person_id,
        related_person_id,
        record_id,
        related_record_id,
        feed,
        source_table,
        delivery_id,
        row_number,
        relationship_label as source_said,
        neutral_code
    from statement
    union all
    select
        related_person_id as person_id,
        person_id as related_person_id,
        record_id,
        related_record_id,
        feed,
        source_table,
        delivery_id,
        row_number,
        'the child is: ' || relationship_label as source_said,
        inverse_code as neutral_code
    from statement

),

against as (

    select
        decision.family_override_id,
        both_sides.record_id,
        both_sides.related_record_id,
        both_sides.feed,
        both_sides.source_table,
        both_sides.delivery_id,
        both_sides.row_number,
        both_sides.source_said
    from decision
    inner join both_sides
        on
            decision.person_id = both_sides.person_id
            and decision.related_person_id = both_sides.related_person_id
    left join code on decision.relationship_code = code.relationship_code
    where
        decision.verdict in ('in_force', 'disputed')
        and (
            decision.instruction = 'not_family'
            or (
                decision.instruction = 'relationship'
                and both_sides.neutral_code <> code.neutral_code
            )
        )

),

-- whom a worker adds and no source names is missing in the source that knows the child
missing as (

    select decision.family_override_id
    from decision
    left join both_sides
        on
            decision.person_id = both_sides.person_id
            and decision.related_person_id = both_sides.related_person_id
    where
        decision.verdict = 'in_force'
        and decision.instruction = 'also_family'
        and both_sides.person_id is null

),

reported as (

    select
        {{
            hash_key([
                "decision.family_override_id::text",
                "coalesce(against.source_table, '')",
                "coalesce(against.delivery_id::text, '')",
                "coalesce(against.row_number::text, '')",
            ])
        }} as correction_report_id,
        decision.family_override_id,
        decision.person_id,
        decision.related_person_id,
        coalesce(against.feed, decision.feed)::varchar(40) as feed,
        against.source_table::varchar(60) as source_table,
        against.delivery_id,
        against.row_number,
        record.source_person_id::varchar(100) as source_person_id,
        related_record.source_person_id::varchar(100) as related_source_person_id,
        against.source_said::varchar(200) as source_said,
        coalesce(code.relationship_label, 'no family')::varchar(100) as worker_said,
        decision.decided_on as said_since_on,
        decision.review_on,
        (
            case
                when decision.verdict not in ('in_force', 'disputed') then decision.verdict
                when against.family_override_id is not null then 'open'
                when missing.family_override_id is not null then 'open'
                else 'settled'
            end
        )::varchar(20) as report_status
    from decision
    left join code on decision.relationship_code = code.relationship_code
    left join against on decision.family_override_id = against.family_override_id
    left join missing on decision.family_override_id = missing.family_override_id
    left join record on against.record_id = record.record_id
    left join record as related_record on against.related_record_id = related_record.record_id

),

-- one row of a source may name one person by two records
unique_report as (

    select distinct on (correction_report_id) *
    from reported
    order by correction_report_id asc, related_source_person_id asc

)

select * from unique_report
