-- Grain: one row per pair of records at which somebody should look.
--
-- What the rules leave open, where stewards contradict each other, and where the evidence has
-- turned against what a steward said. Most hangs on a pair with many children and services. Records
-- of mere evidence, whom hardly a rule can tell, wait for nobody: no service hangs on them.

with model as (

    select * from {{ ref('match_model') }}

),

explained as (

    select * from {{ ref('link_explanation') }}

),

doubted as (

    select
        doubted.attention_reason,
        record.record_id,
        other.record_id as other_record_id
    from {{ ref('int_person__doubted') }} as doubted
    inner join {{ ref('int_person__identified') }} as record
        on doubted.record_number = record.record_number
    inner join {{ ref('int_person__identified') }} as other
        on doubted.other_record_number = other.record_number
    where doubted.is_withheld or doubted.is_weakest

),

evidence as (

    select record.record_id
    from {{ ref('person_source_record') }} as record
    inner join {{ ref('feed') }} as feed on record.feed = feed.feed
    where feed.kind = 'evidence'

),

known as (

    select
        explained.*,
        evidence.record_id is not null or other_evidence.record_id is not null as is_evidence
    from explained
    left join evidence on explained.record_id = evidence.record_id
    left join evidence as other_evidence
        on explained.other_record_id = other_evidence.record_id

),

asked as (

    select
        known.*,
        case
            when known.stewards_say ~ 'override_conflict' then 'override_conflict'
            when known.stewards_say = 'steward_link' and known.vetoes is not null
                then 'steward_link_against_veto'
            when known.stewards_say is null and doubted.record_id is not null
                then doubted.attention_reason
            when
                known.stewards_say is null
                and (
                    known.machine_decision in ('confirmed', 'for_review', 'probable', 'too_little')
                    or (
                        known.machine_decision = 'refused'
                        and known.strength >= model.doubted_weight * 100
                    )
                )
                and known.is_one_person = 'No'
                and not known.is_evidence
                then case
                    when known.machine_decision = 'confirmed' then 'kept_apart_by_others'
                    else coalesce(known.machine_reason, known.machine_decision)
                end
        end as review_reason
    from known
    cross join model
    left join doubted
        on
            known.record_id = doubted.record_id
            and known.other_record_id = doubted.other_record_id

),

spell as (

    select
        person_id,
        count(*) as spell_count
    from {{ ref('service_involvement') }}
    group by person_id

),

child as (

    select
        member_id as person_id,
        array_agg(child_id) as child_ids
    from {{ ref('family_member') }}
    group by member_id

),

review as (

    select
        asked.record_id,
        asked.other_record_id,
        asked.person_id,
        asked.other_person_id,
        asked.review_reason::varchar(300) as review_reason,
        asked.agreement,
        asked.vetoes,
        (
            coalesce(spell.spell_count, 0)
            + case
                when asked.person_id = asked.other_person_id then 0
                else coalesce(other_spell.spell_count, 0)
            end
        )::integer as spell_count,
        (
            select count(distinct child_ids.child_id)::integer
            from unnest(child.child_ids || other_child.child_ids) as child_ids (child_id)
        ) as child_count
    from asked
    left join spell on asked.person_id = spell.person_id
    left join spell as other_spell on asked.other_person_id = other_spell.person_id
    left join child on asked.person_id = child.person_id
    left join child as other_child on asked.other_person_id = other_child.person_id
    where asked.review_reason is not null

)

select * from review
