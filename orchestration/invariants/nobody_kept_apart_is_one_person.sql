-- Whom people or the law keep apart must never be shown as one. Asked of what they decided, not of
-- the models; of what was decided since the run began the next run knows.
select
    'person_source_record' as subject,
    count(*) as breaches
from stewardship.link_override
inner join ledger.run on run.run_id = current_setting('publishing.run_id')::bigint
inner join marts.person_source_record as record
    on
        link_override.feed = record.feed
        and link_override.source_person_id = coalesce(record.source_person_id, record.record_id)
inner join marts.person_source_record as other
    on
        link_override.other_feed = other.feed
        and link_override.other_source_person_id
        = coalesce(other.source_person_id, other.record_id)
        and record.person_id = other.person_id
where
    link_override.instruction = 'part'
    and link_override.withdrawn_at is null
    and coalesce(link_override.until_on, run.as_of_date) >= run.as_of_date
    and link_override.decided_at < run.started_at
