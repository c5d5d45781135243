-- What people decided about who is who, and who is family. It beats whatever the machine finds and
-- whatever a source states, both ways.
--
-- Rows are only ever added. The one thing that may change is a withdrawal, once: who was
-- believed to be one person, because of whom and why, has to be answered for years later.

do $$
declare
    act_as constant text := case
        when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member'
    end;
begin
    -- roles belong to the whole server: see 0001
    if not exists (select from pg_roles where rolname = 'steward') then
        begin
            create role steward nologin;
            comment on role steward is
            'Decides who is who where the machine must not, and sees why it decided as it did.';
        exception
            when duplicate_object or unique_violation then null;
        end;
    end if;
    if not (
        pg_has_role(current_user, 'steward', 'usage')
        and pg_has_role(current_user, 'steward', act_as)
    ) then
        execute format('grant steward to %I', current_user);
    end if;
    execute format('grant connect on database %I to steward', current_database());
end
$$;

create schema stewardship;
grant usage on schema stewardship to steward, information_governance, builder, publisher;

-- one series for all decisions, so that a number names one of them
create sequence stewardship.decision_number as bigint;
grant usage on sequence stewardship.decision_number to steward, information_governance;

-- what every decision says; both kinds are made like it
create table stewardship.decision (
    feed varchar(40) not null,
    source_person_id varchar(100) not null,
    other_feed varchar(40) not null,
    other_source_person_id varchar(100) not null,
    reason varchar(1000) not null
    constraint reason_says_why check (length(btrim(reason)) >= 20),
    evidence varchar(1000) not null constraint evidence_is_named check (btrim(evidence) <> ''),
    decided_by varchar(100) not null constraint decider_is_named check (btrim(decided_by) <> ''),
    decider_role varchar(100) not null
    constraint decider_role_is_named check (btrim(decider_role) <> ''),
    decided_at timestamptz not null default now(),
    entered_by varchar(63) not null default session_user,
    until_on date,
    review_on date,
    withdrawn_at timestamptz,
    withdrawn_by varchar(100),
    withdrawn_because varchar(1000),
    constraint two_records_are_named
    check ((feed, source_person_id) <> (other_feed, other_source_person_id)),
    constraint a_withdrawal_is_whole
    check (
        num_nulls(withdrawn_at, withdrawn_by, withdrawn_because) in (0, 3)
        and length(btrim(coalesce(withdrawn_because, repeat('-', 20)))) >= 20
    )
);

comment on column stewardship.decision.feed is 'The feed that knows the one record.';
comment on column stewardship.decision.source_person_id is
'The record as its feed names it; its record_id where the feed gives it no name.';
comment on column stewardship.decision.other_feed is 'The feed that knows the other record.';
comment on column stewardship.decision.other_source_person_id is
'The other record as its feed names it; its record_id where the feed gives it no name.';
comment on column stewardship.decision.reason is 'Why, in at least 20 letters.';
comment on column stewardship.decision.evidence is
'What it rests on: a document, a conversation, with its date. No copy of it.';
comment on column stewardship.decision.decided_by is 'Who decided.';
comment on column stewardship.decision.decider_role is 'In which office.';
comment on column stewardship.decision.decided_at is 'When it was entered.';
comment on column stewardship.decision.entered_by is 'The login that entered it.';
comment on column stewardship.decision.until_on is
'Last day on which it holds; empty: until it is withdrawn.';
comment on column stewardship.decision.review_on is 'Day on which somebody looks again.';
comment on column stewardship.decision.withdrawn_at is
'Since when it no longer holds; empty while it does.';
comment on column stewardship.decision.withdrawn_by is 'Who withdrew it.';
comment on column stewardship.decision.withdrawn_because is 'Why, in at least 20 letters.';

create table stewardship.link_override (
    link_override_id bigint primary key default nextval('stewardship.decision_number'),
    instruction varchar(4) not null check (instruction in ('link', 'part')),
    ground varchar(10) not null default 'evidence'
    check (ground in ('evidence', 'adoption', 'protection')),
    like stewardship.decision including all,
    -- what the law keeps apart does not lapse
    constraint a_ban_parts_and_does_not_end
    check (ground = 'evidence' or (instruction = 'part' and until_on is null))
);

comment on table stewardship.link_override is
'One row per decision of a person about two records: that they are one person, or that they are '
'not. It names records as their feeds do, so it holds for every later extract.';
comment on column stewardship.link_override.link_override_id is 'Our number of the decision.';
comment on column stewardship.link_override.instruction is
'link: the two records are one person. part: they are not.';
comment on column stewardship.link_override.ground is
'evidence: somebody knows. adoption, protection: the law forbids the link; such rows part, do not '
'lapse, and are known to information governance only.';

create function stewardship.keep_what_was_decided()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if old.withdrawn_at is not null then
        raise exception 'the decision was withdrawn: enter a new one';
    end if;
    if new.withdrawn_at is null
        or to_jsonb(new) - '{withdrawn_at,withdrawn_by,withdrawn_because}'::text[]
        is distinct from to_jsonb(old) - '{withdrawn_at,withdrawn_by,withdrawn_because}'::text[]
    then
        raise exception 'a decision is only ever withdrawn: enter a new one';
    end if;
    return new;
end
$$;

create trigger what_was_decided_is_kept
before update on stewardship.link_override
for each row execute function stewardship.keep_what_was_decided();

create table stewardship.family_override (
    family_override_id bigint primary key default nextval('stewardship.decision_number'),
    instruction varchar(12) not null
    check (instruction in ('not_family', 'also_family', 'relationship')),
    relationship_code varchar(12),
    like stewardship.decision including all,
    constraint a_relation_is_named_unless_there_is_none
    check ((instruction = 'not_family') = (relationship_code is null))
);

create trigger what_was_decided_is_kept
before update on stewardship.family_override
for each row execute function stewardship.keep_what_was_decided();

comment on table stewardship.family_override is
'One row per decision of a person about a child and somebody else: that they are no family, that '
'they are, or what they are to each other. It names records as their feeds do, so it holds for '
'every later extract, whoever the records turn out to be.';
comment on column stewardship.family_override.family_override_id is 'Our number of the decision.';
comment on column stewardship.family_override.instruction is
'not_family: the two are no family. also_family: they are, though no source may say so. '
'relationship: what they are to each other, whatever sources say.';
comment on column stewardship.family_override.relationship_code is
'What the other is to the child; see the seed relationship_code.';
comment on column stewardship.family_override.source_person_id is
'The child as its feed names it; its record_id where the feed gives it no name.';
comment on column stewardship.family_override.other_source_person_id is
'The other as their feed names them; the record_id where the feed gives them no name.';

drop table stewardship.decision;

grant select,
insert (
    instruction, relationship_code, feed, source_person_id, other_feed, other_source_person_id,
    reason, evidence, decided_by, decider_role, until_on, review_on
),
update (withdrawn_at, withdrawn_by, withdrawn_because)
on stewardship.family_override to steward, information_governance;
grant select (
    family_override_id, instruction, relationship_code, feed, source_person_id, other_feed,
    other_source_person_id, decided_at, until_on, review_on, withdrawn_at
) on stewardship.family_override to builder, publisher;

-- That a link is forbidden tells of an adoption: a steward neither sees such rows nor enters them.
alter table stewardship.link_override enable row level security;

create policy a_steward_sees_evidence on stewardship.link_override
to steward using (ground = 'evidence') with check (ground = 'evidence');
create policy information_governance_sees_all on stewardship.link_override
to information_governance using (true) with check (true);
create policy what_is_built_obeys_all on stewardship.link_override
for select to builder, publisher using (true);

grant select,
insert (
    instruction, ground, feed, source_person_id, other_feed, other_source_person_id, reason,
    evidence, decided_by, decider_role, until_on, review_on
),
update (withdrawn_at, withdrawn_by, withdrawn_because)
on stewardship.link_override to steward, information_governance;

-- no words of anybody: what the models and the gate need, and no more
grant select (
    link_override_id, instruction, ground, feed, source_person_id, other_feed,
    other_source_person_id, decided_at, until_on, withdrawn_at
) on stewardship.link_override to builder, publisher;
