-- What a steward reads: why two records are or are not one person, where to look, what has happened
-- to a person's identifier; why somebody is or is not family, and what a source has wrong.

create table published.link_explanation (
    record_id varchar(64) not null,
    other_record_id varchar(64) not null,
    person_id bigint,
    other_person_id bigint,
    is_one_person varchar(7),
    machine_decision varchar(20),
    machine_reason varchar(300),
    strength integer,
    agreement varchar(300),
    vetoes varchar(300),
    stewards_say varchar(100),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (record_id, other_record_id, valid_from_generation)
);

create index link_explanation_other_record_id on published.link_explanation (other_record_id);
create index link_explanation_person_id on published.link_explanation (person_id);

create table published.link_review (
    record_id varchar(64) not null,
    other_record_id varchar(64) not null,
    person_id bigint,
    other_person_id bigint,
    review_reason varchar(300),
    agreement varchar(300),
    vetoes varchar(300),
    spell_count integer,
    child_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (record_id, other_record_id, valid_from_generation)
);

create table published.family_explanation (
    family_explanation_id varchar(64) not null,
    child_id bigint,
    child_ref varchar(20),
    member_id bigint,
    basis varchar(60),
    ground varchar(300),
    through_person_id bigint,
    source_said varchar(200),
    feed varchar(40),
    source_table varchar(60),
    delivery_id bigint,
    row_number bigint,
    started_on date,
    ended_on date,
    confidence_estimate integer,
    is_shown varchar(7),
    reason varchar(60),
    family_rule varchar(100),
    family_override_id bigint,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (family_explanation_id, valid_from_generation),
    constraint family_explanation_dates_are_plausible
    check (
        started_on between '1900-01-02' and '2100-12-31'
        and ended_on between '1900-01-02' and '2100-12-31'
    )
);

create index family_explanation_child_id on published.family_explanation (child_id, member_id);

create table published.correction_report (
    correction_report_id varchar(64) not null,
    family_override_id bigint,
    person_id bigint,
    related_person_id bigint,
    feed varchar(40),
    source_table varchar(60),
    delivery_id bigint,
    row_number bigint,
    source_person_id varchar(100),
    related_source_person_id varchar(100),
    source_said varchar(200),
    worker_said varchar(100),
    said_since_on date,
    review_on date,
    report_status varchar(20),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (correction_report_id, valid_from_generation),
    constraint correction_report_dates_are_plausible
    check (
        said_since_on between '1900-01-02' and '2100-12-31'
        and review_on between '1900-01-02' and '2100-12-31'
    )
);

-- Pairs that the law forbids to link, from either side. They disappear at once, also from what was
-- published before anybody knew.
create view published.link_ban as
with ban as (

    select
        feed,
        source_person_id,
        other_feed,
        other_source_person_id
    from stewardship.link_override
    where ground <> 'evidence' and withdrawn_at is null

)

select * from ban
union all
select
    other_feed as feed,
    other_source_person_id as source_person_id,
    feed as other_feed,
    source_person_id as other_source_person_id
from ban;

-- Who a record of such a pair was while the other was the same person. Whoever reads that reads the
-- link.
create view published.banned_identity as
select distinct
    record.record_id,
    record.person_id
from published.link_ban
inner join published.person_source_record as record
    on
        link_ban.feed = record.feed
        and link_ban.source_person_id = coalesce(record.source_person_id, record.record_id)
inner join published.person_source_record as other
    on
        link_ban.other_feed = other.feed
        and link_ban.other_source_person_id = coalesce(other.source_person_id, other.record_id)
        and record.person_id = other.person_id
        and record.valid_from_generation < other.valid_to_generation
        and other.valid_from_generation < record.valid_to_generation;

-- A pair can be asked for from either side. Both records must come in feeds that the reader's
-- agreement covers.
create view family_context.link_explanation_v1 with (security_barrier = true) as
with shown as materialized (select generation from published.generation_shown),

shared as materialized (select feed from published.feed_shared),

explanation as (

    select
        link_explanation.record_id,
        link_explanation.other_record_id,
        link_explanation.person_id,
        link_explanation.other_person_id,
        link_explanation.is_one_person,
        link_explanation.machine_decision,
        link_explanation.machine_reason,
        link_explanation.strength,
        link_explanation.agreement,
        link_explanation.vetoes,
        link_explanation.stewards_say
    from published.link_explanation
    where
        link_explanation.valid_from_generation <= (select shown.generation from shown)
        and link_explanation.valid_to_generation > (select shown.generation from shown)
    union all
    select
        link_explanation.other_record_id as record_id,
        link_explanation.record_id as other_record_id,
        link_explanation.other_person_id as person_id,
        link_explanation.person_id as other_person_id,
        link_explanation.is_one_person,
        link_explanation.machine_decision,
        link_explanation.machine_reason,
        link_explanation.strength,
        link_explanation.agreement,
        link_explanation.vetoes,
        link_explanation.stewards_say
    from published.link_explanation
    where
        link_explanation.valid_from_generation <= (select shown.generation from shown)
        and link_explanation.valid_to_generation > (select shown.generation from shown)

)

select
    explanation.record_id,
    explanation.other_record_id,
    record.feed,
    record.source_person_id,
    other.feed as other_feed,
    other.source_person_id as other_source_person_id,
    explanation.person_id,
    explanation.other_person_id,
    explanation.is_one_person,
    explanation.machine_decision,
    explanation.machine_reason,
    explanation.strength,
    explanation.agreement,
    explanation.vetoes,
    explanation.stewards_say,
    (select shown.generation from shown) as generation
from explanation
inner join published.person_source_record as record on explanation.record_id = record.record_id
inner join published.person_source_record as other
    on explanation.other_record_id = other.record_id
where
    record.valid_from_generation <= (select shown.generation from shown)
    and record.valid_to_generation > (select shown.generation from shown)
    and other.valid_from_generation <= (select shown.generation from shown)
    and other.valid_to_generation > (select shown.generation from shown)
    and record.feed = any(array(select shared.feed from shared))
    and other.feed = any(array(select shared.feed from shared))
    and not exists (
        select from published.link_ban
        where
            link_ban.feed = record.feed
            and link_ban.source_person_id = coalesce(record.source_person_id, record.record_id)
            and link_ban.other_feed = other.feed
            and link_ban.other_source_person_id
            = coalesce(other.source_person_id, other.record_id)
    );

-- The evidence side by side. An address is not among it: that one may not be shown is not known
-- of a record.
create view family_context.link_review_v1 with (security_barrier = true) as
with shown as materialized (select generation from published.generation_shown),

shared as materialized (select feed from published.feed_shared)

select
    link_review.record_id,
    link_review.other_record_id,
    link_review.review_reason,
    link_review.agreement,
    link_review.vetoes,
    link_review.child_count,
    link_review.spell_count,
    link_review.person_id,
    link_review.other_person_id,
    record.feed,
    record.source_person_id,
    other.feed as other_feed,
    other.source_person_id as other_source_person_id,
    person.given_name,
    person.family_name,
    person.date_of_birth,
    other_person.given_name as other_given_name,
    other_person.family_name as other_family_name,
    other_person.date_of_birth as other_date_of_birth,
    (select shown.generation from shown) as generation
from published.link_review
inner join published.person_source_record as record on link_review.record_id = record.record_id
inner join published.person_source_record as other
    on link_review.other_record_id = other.record_id
inner join published.person on link_review.person_id = person.person_id
inner join published.person as other_person
    on link_review.other_person_id = other_person.person_id
where
    link_review.valid_from_generation <= (select shown.generation from shown)
    and link_review.valid_to_generation > (select shown.generation from shown)
    and record.valid_from_generation <= (select shown.generation from shown)
    and record.valid_to_generation > (select shown.generation from shown)
    and other.valid_from_generation <= (select shown.generation from shown)
    and other.valid_to_generation > (select shown.generation from shown)
    and person.valid_from_generation <= (select shown.generation from shown)
    and person.valid_to_generation > (select shown.generation from shown)
    and other_person.valid_from_generation <= (select shown.generation from shown)
    and other_person.valid_to_generation > (select shown.generation from shown)
    and record.feed = any(array(select shared.feed from shared))
    and other.feed = any(array(select shared.feed from shared))
    and not exists (
        select from published.link_ban
        where
            link_ban.feed = record.feed
            and link_ban.source_person_id = coalesce(record.source_person_id, record.record_id)
            and link_ban.other_feed = other.feed
            and link_ban.other_source_person_id
            = coalesce(other.source_person_id, other.record_id)
    );

-- A worker's word is no feed's, and stewards may read it.
create view family_context.family_explanation_v1 with (security_barrier = true) as
with shown as materialized (select generation from published.generation_shown),

shared as materialized (select feed from published.feed_shared)

select
    family_explanation.family_explanation_id,
    family_explanation.child_id,
    family_explanation.child_ref,
    family_explanation.member_id,
    family_explanation.basis,
    family_explanation.ground,
    family_explanation.through_person_id,
    family_explanation.source_said,
    family_explanation.feed,
    family_explanation.source_table,
    family_explanation.delivery_id,
    family_explanation.row_number,
    family_explanation.started_on,
    family_explanation.ended_on,
    family_explanation.confidence_estimate,
    family_explanation.is_shown,
    family_explanation.reason,
    family_explanation.family_rule,
    family_explanation.family_override_id,
    (select shown.generation from shown) as generation
from published.family_explanation
where
    family_explanation.valid_from_generation <= (select shown.generation from shown)
    and family_explanation.valid_to_generation > (select shown.generation from shown)
    and (
        family_explanation.feed = 'stewardship'
        or family_explanation.feed = any(array(select shared.feed from shared))
    );

create view family_context.correction_report_v1 with (security_barrier = true) as
with shown as materialized (select generation from published.generation_shown),

shared as materialized (select feed from published.feed_shared)

select
    correction_report.correction_report_id,
    correction_report.family_override_id,
    correction_report.person_id,
    correction_report.related_person_id,
    correction_report.feed,
    correction_report.source_table,
    correction_report.delivery_id,
    correction_report.row_number,
    correction_report.source_person_id,
    correction_report.related_source_person_id,
    correction_report.source_said,
    correction_report.worker_said,
    correction_report.said_since_on,
    correction_report.review_on,
    correction_report.report_status,
    (select shown.generation from shown) as generation
from published.correction_report
where
    correction_report.valid_from_generation <= (select shown.generation from shown)
    and correction_report.valid_to_generation > (select shown.generation from shown)
    and correction_report.feed = any(array(select shared.feed from shared));

-- Everything that is told here stands in the generations already: nothing is written down twice.
-- That two were one whom the law forbids to link is told no more.
create view family_context.person_event_v1 with (security_barrier = true) as
with shown as materialized (select generation from published.generation_shown),

banned as materialized (

    select
        banned_identity.record_id,
        banned_identity.person_id,
        record.person_id as other_person_id
    from published.banned_identity
    inner join published.person_source_record as record
        on banned_identity.record_id = record.record_id

),

event as (

    select
        person.person_id,
        case
            when person.valid_from_generation = (
                select min(earlier.valid_from_generation)
                from published.person as earlier
                where earlier.person_id = person.person_id
            ) then 'created'
            else 'restored'
        end as event,  -- noqa: RF04
        null::bigint as other_person_id,
        person.valid_from_generation as event_generation
    from published.person
    left join published.person as former
        on
            person.person_id = former.person_id
            and person.valid_from_generation = former.valid_to_generation
    where former.person_id is null
    union all
    select
        person_redirect.retired_person_id as person_id,
        case
            when person_redirect.reason = 'withdrawn' then 'withdrawn'
            when former.retired_person_id is null then 'merged'
            else 'redirected'
        end as event,  -- noqa: RF04
        person_redirect.person_id as other_person_id,
        person_redirect.valid_from_generation as event_generation
    from published.person_redirect
    left join published.person_redirect as former
        on
            person_redirect.retired_person_id = former.retired_person_id
            and person_redirect.valid_from_generation = former.valid_to_generation
    where
        (
            former.retired_person_id is null
            or former.person_id is distinct from person_redirect.person_id
        )
        and not exists (
            select from banned
            where
                banned.person_id = person_redirect.person_id
                and banned.other_person_id = person_redirect.retired_person_id
        )
    union all
    -- some of a person's records went to another, and the person goes on
    select distinct
        former.person_id,
        'split' as event,  -- noqa: RF04
        record.person_id as other_person_id,
        record.valid_from_generation as event_generation
    from published.person_source_record as record
    inner join published.person_source_record as former
        on
            record.record_id = former.record_id
            and record.valid_from_generation = former.valid_to_generation
            and record.person_id <> former.person_id
    inner join published.person
        on
            former.person_id = person.person_id
            and record.valid_from_generation >= person.valid_from_generation
            and record.valid_from_generation < person.valid_to_generation
    where not exists (
        select from banned
        where banned.record_id = record.record_id and banned.person_id = former.person_id
    )
    union all
    -- a steward's word joined one of its records
    select distinct
        record.person_id,
        'overridden' as event,  -- noqa: RF04
        null::bigint as other_person_id,
        record.valid_from_generation as event_generation
    from published.person_source_record as record
    left join published.person_source_record as former
        on
            record.record_id = former.record_id
            and record.valid_from_generation = former.valid_to_generation
            and record.person_id = former.person_id
            and former.match_rule = 'steward'
    where record.match_rule = 'steward' and former.record_id is null

)

select
    event.person_id,
    event.event_generation,
    event.event::varchar(20) as event,  -- noqa: RF04
    event.other_person_id,
    (generation.published_at at time zone 'Europe/London')::date as event_on,
    (select shown.generation from shown) as generation
from event
inner join published.generation on event.event_generation = generation.generation
where event.event_generation <= (select shown.generation from shown);

-- Who a record was, and from when to when; and is no more told where the law forbids the link.
create view family_context.person_record_history_v1 with (security_barrier = true) as
with shown as materialized (select generation from published.generation_shown),

banned as materialized (select * from published.banned_identity)

select
    record.record_id,
    record.valid_from_generation as from_generation,
    record.feed,
    record.source_person_id,
    record.person_id,
    record.match_rule,
    case
        when record.valid_to_generation <= (select shown.generation from shown)
            then record.valid_to_generation
    end as until_generation,
    (from_generation.published_at at time zone 'Europe/London')::date as from_on,
    (until_generation.published_at at time zone 'Europe/London')::date as until_on,
    (select shown.generation from shown) as generation
from published.person_source_record as record
inner join published.generation as from_generation
    on record.valid_from_generation = from_generation.generation
left join published.generation as until_generation
    on
        record.valid_to_generation = until_generation.generation
        and until_generation.generation <= (select shown.generation from shown)
where
    record.valid_from_generation <= (select shown.generation from shown)
    and record.feed = any(array(select feed_shared.feed from published.feed_shared))
    -- who the record is today, by the newest generation, is told
    and (
        record.valid_to_generation = 2147483647
        or not exists (
            select from banned
            where banned.record_id = record.record_id and banned.person_id = record.person_id
        )
    );

-- Runs with the rights of whoever asks, and reads what they may read.
create function family_context.person_as_of(
    wanted_feed text, wanted_source_person_id text, wanted_on date
)
returns table (record_id varchar(64), person_id bigint, asked_of_generation integer)
language sql
stable
as $$
    with published_then as (
        select max(generation_v1.generation) as generation
        from family_context.generation_v1
        where generation_v1.published_at < wanted_on + 1
    )

    select history.record_id, history.person_id, published_then.generation
    from family_context.person_record_history_v1 as history
    inner join published_then
        on history.from_generation <= published_then.generation
        and coalesce(history.until_generation, 2147483647) > published_then.generation
    where history.feed = wanted_feed and history.source_person_id = wanted_source_person_id
$$;

comment on function family_context.person_as_of(text, text, date) is
'Who a record of a feed was, by the last generation published on or before a day. No row: it was '
'nobody then, or its feed is not shared with you.';
