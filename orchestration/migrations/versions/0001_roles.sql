-- Who may reach which part of the warehouse.
--
-- The migrating login needs: ownership of this database, and CREATEROLE unless somebody has already
-- made the eight roles and granted them to it. It need not be a superuser. The contrib
-- extensions are all trusted; a managed server may want them allow-listed first.
--
-- Roles belong to the whole server and databases may share them: they are made only when absent.
-- They cannot log in: a login is made by the council and becomes a member of one of them.
-- Logins own nothing, except that the migrating login owns what migrations make.

do $$
declare
    -- before PostgreSQL 16 every member may act as the role
    act_as constant text := case
        when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member'
    end;
    wanted record;
begin
    for wanted in
        select * from (values
            ('landing', 'Receives deliveries: writes raw, ledger and quarantine.'),
            ('builder', 'Builds reference, staging, intermediate and marts (dbt).'),
            ('publisher', 'Checks the marts and writes the published tables.'),
            ('view_owner', 'Owns the views of family_context, and nothing else.'),
            ('reader_bi', 'Reads every view of family_context.'),
            ('reader_worker', 'Reads what a child''s page needs.'),
            ('auditor', 'Reads the ledger, and who searched for whom.'),
            ('information_governance', 'Reads the ledger and the quarantine.')
        ) as role(name, purpose)
    loop
        if not exists (select from pg_roles where rolname = wanted.name) then
            begin
                execute format('create role %I nologin', wanted.name);
                execute format('comment on role %I is %L', wanted.name, wanted.purpose);
            exception
                -- made just now, from another database
                when duplicate_object or unique_violation then null;
            end;
        end if;

        -- to hand over what it makes, and to act as each, the migrating login must be a member
        if not (
            pg_has_role(current_user, wanted.name, 'usage')
            and pg_has_role(current_user, wanted.name, act_as)
        ) then
            execute format('grant %I to %I', wanted.name, current_user);
        end if;
    end loop;
end
$$;

-- PUBLIC has nothing
do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to landing, builder, publisher, view_owner,'
        ' reader_bi, reader_worker, auditor, information_governance',
        current_database()
    );
    execute format(
        'grant temporary on database %I to landing, builder, publisher', current_database()
    );
end
$$;

revoke all on schema public from public;

-- Extensions first: what follows takes new functions away from PUBLIC, and these stay as shipped.
-- Nobody reaches them without usage of their schema.
create schema if not exists extensions;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists fuzzystrmatch with schema extensions;
create extension if not exists unaccent with schema extensions;
create extension if not exists pgcrypto with schema extensions;
create extension if not exists btree_gin with schema extensions;

alter default privileges revoke execute on functions from public;

create schema if not exists parse;
create schema if not exists ledger;
create schema if not exists quarantine;
create schema if not exists published;
create schema if not exists family_context;

-- dbt owns the schemas that it fills
create schema if not exists reference authorization builder;
create schema if not exists staging authorization builder;
create schema if not exists intermediate authorization builder;
create schema if not exists marts authorization builder;

grant usage on schema extensions to landing, builder;

grant usage on schema parse to landing, builder;
alter default privileges in schema parse grant execute on functions to landing, builder;

grant usage on schema ledger to landing, builder, publisher, auditor, information_governance;
alter default privileges in schema ledger
grant select, insert, update on tables to landing;
alter default privileges in schema ledger
grant select on tables to builder, publisher, auditor, information_governance;
alter default privileges in schema ledger grant execute on functions to landing;

grant usage on schema quarantine to landing, information_governance;
alter default privileges in schema quarantine grant select, insert, delete on tables to landing;
alter default privileges in schema quarantine grant select on tables to information_governance;
alter default privileges in schema quarantine grant execute on functions to landing;

-- The gate reads what dbt built, whether dbt ran as the role builder or as the migrating login.
grant usage on schema reference, intermediate, marts to publisher;
alter default privileges in schema reference grant select on tables to publisher;
alter default privileges in schema intermediate grant select on tables to publisher;
alter default privileges in schema marts grant select on tables to publisher;
alter default privileges for role builder in schema reference grant select on tables to publisher;
alter default privileges for role builder in schema intermediate
grant select on tables to publisher;
alter default privileges for role builder in schema marts grant select on tables to publisher;

grant usage on schema published to builder, publisher, view_owner;
grant usage, create on schema family_context to view_owner;
grant usage on schema family_context to reader_bi, reader_worker;

-- raw_<feed> is made from the contracts, after this migration: whoever makes it calls this once.
create or replace function ledger.grant_raw_schema(raw_schema text)
returns void
language plpgsql
as $$
begin
    execute format('grant usage on schema %I to landing, builder', raw_schema);
    execute format(
        'grant select, insert, update, delete, truncate on all tables in schema %I to landing',
        raw_schema
    );
    execute format('grant select on all tables in schema %I to builder', raw_schema);
end
$$;

comment on function ledger.grant_raw_schema(text) is
'Lets landing write and builder read the tables of one raw_<feed> schema.';
