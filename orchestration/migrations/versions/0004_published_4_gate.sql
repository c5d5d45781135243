-- What the gate asks: see orchestration/invariants.

-- Rows whose key is empty, or that share it with an earlier row. Where the mart's own contract
-- made PostgreSQL see to it, there is nothing to count.
create function published.count_broken_keys(wanted text)
returns bigint
language plpgsql
as $$
declare
    mart published.mart;
    broken bigint;
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;
    if exists (
        select from pg_constraint
        where
            conrelid = format('%I.%I', mart.built_in, mart.mart)::regclass
            and contype = 'p'
            and convalidated
            and (
                select array_agg(pg_attribute.attname::text order by pg_attribute.attname)
                from pg_attribute
                where attrelid = conrelid and attnum = any(conkey)
            ) = (select array_agg(name order by name) from unnest(mart.key_columns) as key (name))
    ) then
        return 0;
    end if;
    execute format(
        'select coalesce(sum(keyed.row_count - case when keyed.is_filled then 1 else 0 end), 0)
        from (
            select count(*) as row_count, num_nulls(%1$s) = 0 as is_filled
            from %2$I.%3$I
            group by %1$s
            having count(*) > 1 or num_nulls(%1$s) > 0
        ) as keyed',
        (
            select string_agg(format('%I', name), ', ')
            from unnest(mart.key_columns) as key_column (name)
        ),
        mart.built_in, mart.mart
    ) into broken;
    return broken;
end
$$;

-- Rows that the published table's own checks would refuse, naming the row: so ask first.
create function published.count_implausible_dates(wanted text)
returns bigint
language plpgsql
as $$
declare
    mart published.mart;
    plausible text;
    implausible bigint;
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;
    select pg_get_expr(conbin, conrelid) into plausible
    from pg_constraint
    where
        conrelid = format('published.%I', wanted)::regclass
        and conname = wanted || '_dates_are_plausible';
    if plausible is null then
        return 0;
    end if;
    execute format(
        'select count(*) from %I.%I where not (%s)', mart.built_in, mart.mart, plausible
    ) into implausible;
    return implausible;
end
$$;

-- Rows of one mart that name a row of another which is not there.
create function published.count_orphans(
    from_mart text, from_column text, to_mart text, to_column text
)
returns bigint
language plpgsql
as $$
declare
    orphans bigint;
begin
    execute format(
        'select count(*) from marts.%1$I as child
        where
            child.%2$I is not null
            and not exists (select from marts.%3$I as parent where parent.%4$I = child.%2$I)',
        from_mart, from_column, to_mart, to_column
    ) into orphans;
    return orphans;
end
$$;

-- What protects the published relations, as one line for each: who owns and reaches them, how the
-- views are defined, which columns, constraints and policies there are.
create function published.fingerprint()
returns table (relation text, fingerprint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        format('%I.%I', namespace.nspname, relation.relname),
        md5(concat_ws(
            e'\n',
            relation.relkind,
            relation.relowner = 'view_owner'::regrole,
            relation.reloptions,
            relation.relrowsecurity,
            relation.relforcerowsecurity,
            case when relation.relkind = 'v' then pg_get_viewdef(relation.oid) end,
            (
                select string_agg(
                    concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ', '
                    order by grantee::regrole::text, privilege_type
                )
                from aclexplode(relation.relacl)
                where grantee <> relation.relowner
            ),
            (
                select string_agg(
                    concat_ws(
                        ' ', attname, format_type(atttypid, atttypmod), attnotnull, attacl
                    ), ', ' order by attnum
                )
                from pg_attribute
                where attrelid = relation.oid and attnum > 0 and not attisdropped
            ),
            (
                select string_agg(pg_get_constraintdef(oid), ', ' order by conname)
                from pg_constraint
                where conrelid = relation.oid
            ),
            (
                select string_agg(
                    concat_ws(
                        ' ', polname, polcmd, polpermissive, polroles,
                        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
                    ), ', ' order by polname
                )
                from pg_policy
                where polrelid = relation.oid
            ),
            (
                select string_agg(pg_get_ruledef(oid), ', ' order by rulename)
                from pg_rewrite
                where ev_class = relation.oid and rulename <> '_RETURN'
            ),
            (
                select string_agg(pg_get_triggerdef(oid) || tgenabled::text, ', ' order by tgname)
                from pg_trigger
                where tgrelid = relation.oid and not tgisinternal
            )
        ))
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where
        namespace.nspname in ('published', 'family_context', 'stewardship', 'audit')
        and relation.relkind in ('r', 'v', 'm', 'p', 'f')
        and relation.oid <> to_regclass('published.as_migrated')
    union all
    select
        format('%I.%s', namespace.nspname, routine.oid::regprocedure),
        md5(concat_ws(
            e'\n',
            pg_get_functiondef(routine.oid),
            (
                select string_agg(
                    concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ', '
                    order by grantee::regrole::text
                )
                from aclexplode(routine.proacl)
                where grantee <> routine.proowner
            )
        ))
    from pg_proc as routine
    inner join pg_namespace as namespace on routine.pronamespace = namespace.oid
    where namespace.nspname in ('published', 'family_context', 'stewardship', 'audit')
    union all
    select
        nspname,
        md5((
            select string_agg(
                concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ', '
                order by grantee::regrole::text, privilege_type
            )
            from aclexplode(nspacl)
            where grantee <> nspowner
        ))
    from pg_namespace
    where nspname in ('published', 'family_context', 'stewardship', 'audit')
$$;
