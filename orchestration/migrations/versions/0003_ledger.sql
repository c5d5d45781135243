-- What was received, what was decided about it and why; the runs; and the rows set aside.
--
-- No table of the ledger ever holds a value from a feed, or a header as supplied: only counts,
-- row numbers, and the names of the contract. quarantine.row holds what was refused, as it came.

create table ledger.delivery (
    delivery_id bigint generated always as identity primary key,
    feed varchar(40) not null,
    folder varchar(200) not null,
    content_hash varchar(64),
    file_stamp varchar(64),
    rules_stamp varchar(64),
    contract_version varchar(20),
    source_system varchar(100),
    extracted_at timestamptz,
    received_at timestamptz not null default now(),
    decided_at timestamptz,
    coverage_start date,
    coverage_end date,
    area_covered varchar(200),
    mode varchar(20),  -- noqa: RF04
    has_manifest boolean not null,
    status varchar(20) not null
    check (status in ('landed', 'in_force', 'superseded', 'refused', 'duplicate')),
    refusal varchar(60),
    check ((status = 'refused') = (refusal is not null)),
    check ((status = 'landed') = (decided_at is null))
);

create unique index delivery_one_in_force on ledger.delivery (feed) where status = 'in_force';
create index delivery_by_folder on ledger.delivery (feed, folder);
create index delivery_by_content on ledger.delivery (feed, content_hash);

comment on table ledger.delivery is
'One row per delivery received: a folder of files that a service sent at one moment.';
comment on column ledger.delivery.delivery_id is 'Our number of the delivery, in order of receipt.';
comment on column ledger.delivery.feed is
'The feed, as its contract names it; unknown when no contract does.';
comment on column ledger.delivery.folder is 'The folder below the landing zone.';
comment on column ledger.delivery.content_hash is
'SHA-256 over the names and contents of the files. A second delivery of the same content is a '
'duplicate.';
comment on column ledger.delivery.file_stamp is
'SHA-256 over names, sizes and times of the files: tells that a folder already received has not '
'changed.';
comment on column ledger.delivery.rules_stamp is
'SHA-256 over the contract and the council''s settings it was judged by: when they change, a '
'refused folder is judged again.';
comment on column ledger.delivery.contract_version is
'Version of the contract that the sender cut the extract to.';
comment on column ledger.delivery.source_system is
'The system of the sender, as the manifest names it.';
comment on column ledger.delivery.extracted_at is
'When the sender cut the extract: what data current as of means. Not when we loaded it.';
comment on column ledger.delivery.received_at is 'When we began to read it.';
comment on column ledger.delivery.decided_at is
'When it came into force or was refused; null while it is judged.';
comment on column ledger.delivery.coverage_start is 'First day that the extract speaks for.';
comment on column ledger.delivery.coverage_end is 'Last day that the extract speaks for.';
comment on column ledger.delivery.area_covered is 'Codes of the areas that the extract speaks for.';
comment on column ledger.delivery.mode is
'How the extract was cut: full, or rolling over a period.';
comment on column ledger.delivery.has_manifest is
'Whether the sender described the delivery. When not, what could be derived was derived.';
comment on column ledger.delivery.status is
'landed while it is judged; then in_force, later superseded; or refused; or duplicate.';
comment on column ledger.delivery.refusal is 'Why it was refused, in one word of the runbook.';

create table ledger.delivery_table (
    delivery_id bigint not null references ledger.delivery,
    table_name varchar(60) not null,
    row_count bigint not null,
    added_count bigint,
    left_count bigint,
    duplicate_count bigint,
    quarantined_count bigint,
    unagreed_column_positions integer[] not null default '{}',
    encoding varchar(20) not null,  -- noqa: RF04
    primary key (delivery_id, table_name)
);

comment on table ledger.delivery_table is
'One row per delivery and table that it holds: the counts.';
comment on column ledger.delivery_table.delivery_id is 'The delivery.';
comment on column ledger.delivery_table.table_name is 'The table, as the contract names it.';
comment on column ledger.delivery_table.row_count is 'Data rows in the file.';
comment on column ledger.delivery_table.added_count is
'Rows that were not in force before; null until decided.';
comment on column ledger.delivery_table.left_count is
'Rows in force before that this delivery no longer sends.';
comment on column ledger.delivery_table.duplicate_count is
'Rows that repeat another row of the file exactly. Kept once.';
comment on column ledger.delivery_table.quarantined_count is
'Rows set aside because they break a row rule.';
comment on column ledger.delivery_table.unagreed_column_positions is
'Positions in the file, from 1, of columns that the contract does not name. They are not landed.';
comment on column ledger.delivery_table.encoding is
'Character encoding found: utf-8, utf-8 with mark, utf-16 or windows-1252.';

create table ledger.delivery_finding (
    delivery_id bigint not null references ledger.delivery,
    finding_number integer not null,
    table_name varchar(60),
    column_name varchar(63),
    rule varchar(80) not null,  -- noqa: RF04
    kind varchar(10) not null check (kind in ('delivery', 'row', 'value')),
    row_count bigint,
    first_row_number bigint,
    message varchar(500) not null,
    primary key (delivery_id, finding_number)
);

comment on table ledger.delivery_finding is
'One row per rule that a delivery breaks. Counts and row numbers, never a value from a feed.';
comment on column ledger.delivery_finding.delivery_id is 'The delivery.';
comment on column ledger.delivery_finding.finding_number is 'Order in which it was found, from 1.';
comment on column ledger.delivery_finding.table_name is
'The table; null when the rule is about the delivery as a whole.';
comment on column ledger.delivery_finding.column_name is
'The column of the contract, when the rule is about one.';
comment on column ledger.delivery_finding.rule is 'Name of the rule.';
comment on column ledger.delivery_finding.kind is
'What the rule costs: the delivery is refused or remarked on, the row is set aside, or the '
'value is.';
comment on column ledger.delivery_finding.row_count is 'Rows that break the rule.';
comment on column ledger.delivery_finding.first_row_number is
'The first of them: data row 1 is the row after the header.';
comment on column ledger.delivery_finding.message is
'One line for the sender: where, what, and what to do.';

create function ledger.analyse_raw(feed text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
    raw_table regclass;
begin
    for raw_table in
        select oid from pg_catalog.pg_class
        where relnamespace = pg_catalog.to_regnamespace('raw_' || feed)
            and relkind = 'r' and relname not like '%\_arrival'
    loop
        execute pg_catalog.format('analyze %s', raw_table);
    end loop;
end
$$;

comment on function ledger.analyse_raw(text) is
'Statistics of the raw tables of a feed, after many of their rows changed: only their owner may.';

create table ledger.run (
    run_id bigint generated always as identity primary key,
    started_at timestamptz not null default now(),
    ended_at timestamptz,
    as_of_date date not null,
    status varchar(20) not null default 'running'
    check (status in ('running', 'succeeded', 'failed', 'overtaken'))
);

comment on table ledger.run is 'One row per refresh of the warehouse.';
comment on column ledger.run.run_id is
'Our number of the run. It only grows, so a run that was overtaken can tell: the fencing token.';
comment on column ledger.run.started_at is 'When it began.';
comment on column ledger.run.ended_at is
'When it ended; null while it runs, or when it was killed.';
comment on column ledger.run.as_of_date is 'The day for which ages and statuses are worked out.';
comment on column ledger.run.status is 'running, succeeded, failed, or overtaken by a newer run.';

create table quarantine.row (
    delivery_id bigint not null references ledger.delivery,
    feed varchar(40) not null,
    table_name varchar(60) not null,
    row_number bigint not null,
    rules text[] not null,
    content jsonb not null,  -- noqa: RF04
    record_ids varchar(64)[] not null,
    identity_keys varchar(64)[] not null,
    primary key (delivery_id, table_name, row_number)
);

comment on table quarantine.row is
'One row per row set aside, with every rule it breaks. Personal data: information governance '
'reads it, nobody else.';
comment on column quarantine.row.delivery_id is 'The delivery that sent it.';
comment on column quarantine.row.feed is 'The feed.';
comment on column quarantine.row.table_name is 'The table, as the contract names it.';
comment on column quarantine.row.row_number is
'Data row in the file: 1 is the row after the header.';
comment on column quarantine.row.rules is 'Every rule that the row breaks.';
comment on column quarantine.row.content is 'The row as it was sent, by column of the contract.';
comment on column quarantine.row.record_ids is
'The records that the row names: hashes of the sender''s numbers of persons. None when it names '
'nobody.';
comment on column quarantine.row.identity_keys is
'What the row says of whom it is about, hashed: numbers, and names with birth date.';

create view quarantine.record_set_aside as
select distinct
    set_aside.feed,
    named.record_id
from ledger.delivery
inner join quarantine.row as set_aside on delivery.delivery_id = set_aside.delivery_id
cross join unnest(set_aside.record_ids) as named (record_id)
where delivery.status = 'in_force';

comment on view quarantine.record_set_aside is
'One row per record of whom a row was set aside in the delivery in force: of whom absence in that '
'feed says nothing. No content: the builder reads it.';
comment on column quarantine.record_set_aside.feed is 'The feed.';
comment on column quarantine.record_set_aside.record_id is
'The record, by the key that staging gives it.';

create view quarantine.identity_set_aside as
select distinct
    set_aside.feed,
    named.identity_key
from ledger.delivery
inner join quarantine.row as set_aside on delivery.delivery_id = set_aside.delivery_id
cross join unnest(set_aside.identity_keys) as named (identity_key)
where delivery.status = 'in_force';

comment on view quarantine.identity_set_aside is
'One row per feed and hashed number, or names with birth date, of rows set aside in the delivery '
'in force: whoever is known by it may be who the row is about. The builder reads it.';
comment on column quarantine.identity_set_aside.feed is 'The feed.';
comment on column quarantine.identity_set_aside.identity_key is
'The hash of the kind and what it says; int_person__set_aside makes the same of what was read.';

grant usage on schema quarantine to builder;
grant select on quarantine.record_set_aside to builder;
grant select on quarantine.identity_set_aside to builder;
