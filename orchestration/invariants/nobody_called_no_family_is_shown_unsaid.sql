-- Whom a worker calls no family is not on the list, unless the list says why. Asked of what they
-- decided, not of the models; of what was decided since the run began the next run knows.
select
    'family_member' as subject,
    count(*) as breaches
from stewardship.family_override
inner join ledger.run on run.run_id = current_setting('publishing.run_id')::bigint
inner join marts.person_source_record as record
    on
        family_override.feed = record.feed
        and family_override.source_person_id = coalesce(record.source_person_id, record.record_id)
inner join marts.person_source_record as other
    on
        family_override.other_feed = other.feed
        and family_override.other_source_person_id
        = coalesce(other.source_person_id, other.record_id)
inner join marts.family_member
    on
        family_member.child_id in (record.person_id, other.person_id)
        and family_member.member_id in (record.person_id, other.person_id)
        and family_member.child_id <> family_member.member_id
where
    family_override.instruction = 'not_family'
    and family_override.withdrawn_at is null
    and coalesce(family_override.until_on, run.as_of_date) >= run.as_of_date
    and family_override.decided_at < run.started_at
    and coalesce(family_member.correction, '') not in ('disputed', 'contradicted')
