-- Who searched, when, and who was shown: what an auditor reads.
--
-- What was searched for is kept as the names of what was given, never as the values. Who was shown
-- says more: a look at somebody's own relatives is found by the relatives.

create schema audit;
grant usage on schema audit to auditor, view_owner;

create table audit.search (
    search_number bigint primary key,
    searched_at timestamptz not null,
    login varchar(63) not null,
    role varchar(63) not null,  -- noqa: RF04
    asked_for varchar(100),
    need_level varchar(3) not null,
    generation integer,
    searched_for varchar(200),
    ignored varchar(200),
    answer varchar(20) not null,
    person_count integer not null,
    person_ids bigint[] not null,
    follows bigint,
    digest varchar(64) not null
);

create sequence audit.search_number as bigint owned by audit.search.search_number;

comment on table audit.search is
'One row per search of people. It is only ever added to; audit.search_fault tells of what was '
'changed or is missing.';
comment on column audit.search.search_number is
'Our number of the search. A number that is missing was rolled back, or removed, and the log of '
'the server has a line for it; or a crash of the server skipped it, and there is none.';
comment on column audit.search.searched_at is 'When it was answered.';
comment on column audit.search.login is 'The login that asked.';
comment on column audit.search.role is 'The role it asked in.';
comment on column audit.search.asked_for is
'For whom it asked, as the login says (family_context.asked_for): one login may serve many.';
comment on column audit.search.need_level is 'Why it was asked: s17 or s47.';
comment on column audit.search.generation is 'The publication that was searched.';
comment on column audit.search.searched_for is 'What was searched for: kinds, not values.';
comment on column audit.search.ignored is 'What was given and left aside.';
comment on column audit.search.answer is 'candidate, none_found, unknown or not_searched.';
comment on column audit.search.person_count is 'How many people were shown.';
comment on column audit.search.person_ids is 'Who was shown.';
comment on column audit.search.follows is 'The newest search that was there when it was written.';
comment on column audit.search.digest is
'SHA-256 of this row and of the digest of the row that it follows.';

-- numbers and not texts of moments, which depend on the session
create function audit.digest(search audit.search, followed text)
returns text
language sql stable
return encode(
    sha256(
        convert_to(
            row(
                (search).search_number, extract(epoch from (search).searched_at), (search).login,
                (search).role, (search).asked_for, (search).need_level, (search).generation,
                (search).searched_for, (search).ignored, (search).answer, (search).person_count,
                (search).person_ids, (search).follows, followed
            )::text, 'UTF8'
        )
    ), 'hex'
);

-- The number comes last of all, so that few searches that fail use one up. A row that is rolled
-- back leaves its line in the log; of a warning the log does not repeat the statement, which
-- holds what was searched for.
create function audit.seal()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
set client_min_messages = error
as $$
declare
    followed text;
begin
    select search.search_number, search.digest into new.follows, followed
    from audit.search
    order by search.search_number desc
    limit 1;
    new.search_number := nextval('audit.search_number');
    new.searched_at := clock_timestamp();
    new.digest := audit.digest(new, followed);
    raise warning 'search % by %: %', new.search_number, new.login, new.digest;
    return new;
end
$$;

create trigger a_search_is_sealed
before insert on audit.search
for each row execute function audit.seal();

create function audit.keep()
returns trigger
language plpgsql
as $$
begin
    raise exception 'the audit is only ever added to';
end
$$;

create trigger what_was_searched_is_kept
before update or delete or truncate on audit.search
for each statement execute function audit.keep();

create view audit.search_fault as
with searched as (

    select
        search.search_number,
        search.digest = audit.digest(search, followed.digest) as is_as_written
    from audit.search
    left join audit.search as followed on search.follows = followed.search_number

),

used as (

    select number as search_number
    from audit.search_number
    cross join lateral generate_series(1, last_value) as number
    where is_called

)

select
    search_number,
    'changed'::varchar(20) as fault
from searched
where is_as_written is not true
union all
select
    used.search_number,
    'missing'::varchar(20) as fault
from used
left join searched on used.search_number = searched.search_number
where searched.search_number is null;

comment on view audit.search_fault is
'One row per search that has no row, or whose row is not as it was written. A row that follows a '
'missing one counts as changed.';
comment on column audit.search_fault.search_number is 'Our number of the search.';
comment on column audit.search_fault.fault is
'missing: see search_number. changed: the row, or the one that it follows, is not as written.';
