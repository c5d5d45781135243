-- How a generation is made: what the publish step calls.

create table ledger.publication (
    publication_id bigint generated always as identity primary key,
    generation integer not null references published.generation,
    action varchar(10) not null check (action in ('publish', 'rollback')),  -- noqa: RF04
    run_id bigint,
    published_at timestamptz not null default now(),
    published_by varchar(63) not null default session_user
);

comment on table ledger.publication is 'Every move of the generation pointer.';

create table ledger.publication_change (
    generation integer not null references published.generation,
    mart varchar(63) not null,
    added bigint not null,
    changed bigint not null,
    removed bigint not null,
    primary key (generation, mart)
);

comment on table ledger.publication_change is 'Rows that a generation added, changed and removed.';

-- The column by which a mart tells whatever statement changes it: see resolution.tell_changes. Null
-- when it does not, or not of every row.
create function published.told_column(wanted regclass)
returns text
language sql
stable
as $$
    select pg_attribute.attname::text
    from (
        select tgargs
        from pg_trigger
        where
            tgrelid = wanted
            and tgfoid = to_regproc('resolution.note_change')
            and tgenabled in ('O', 'A')
            and tgqual is null
            and tgattr::text = ''
            -- of each statement, after it
            and tgtype in (4, 8, 16, 32)
        group by tgargs
        having count(distinct tgtype) = 4
    ) as telling
    inner join pg_attribute
        on
            split_part(encode(telling.tgargs, 'escape'), '\000', 1) = pg_attribute.attname
            and pg_attribute.attrelid = wanted
            and pg_attribute.attnotnull
$$;

-- The condition for the rows of a mart of which it has told since the newest generation. Where that
-- is not known, or the mart was made anew, it holds for all.
create function published.told_rows(wanted text)
returns text
language plpgsql
as $$
declare
    told_by text;
begin
    if not exists (
        select from resolution.last_publication
        where generation = (select max(generation.generation) from published.generation)
    ) then
        return 'true';
    end if;

    if to_regclass('pg_temp.told') is null then
        create temporary table told on commit drop as
        select distinct model, told_column, key from resolution.unpublished_change;
        analyze pg_temp.told;
    end if;

    select published.told_column(to_regclass(format('%I.%I', mart.built_in, mart.mart)))
    into told_by
    from published.mart
    where
        mart.mart = wanted
        and not exists (
            select from pg_temp.told where told.model = wanted and told.told_column is null
        );

    if told_by is null then
        return 'true';
    end if;

    return format(
        '%1$I in (
            select told.key::%2$s from pg_temp.told
            where told.model = %3$L and told.told_column = %1$L
        )',
        told_by,
        (
            select format_type(atttypid, atttypmod)
            from pg_attribute
            where attrelid = format('published.%I', wanted)::regclass and attname = told_by
        ),
        wanted
    );
end
$$;

-- Finds the rows of a mart that differ from the newest generation, and keeps where they are.
create function published.find_differences(wanted text)
returns table (added bigint, changed bigint, removed bigint)
language plpgsql
as $$
declare
    mart published.mart;
    difference constant text := format('difference_%s', wanted);
    told_rows constant text := published.told_rows(wanted);
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;

    execute format(
        'create temporary table %1$I on commit drop as
        select former.ctid as former, latter.ctid as latter
        from (
            select ctid, * from published.%2$I where valid_to_generation = 2147483647 and %7$s
        ) as former
        full join (select ctid, * from %3$I.%2$I where %7$s) as latter on %4$s
        where former.ctid is null or latter.ctid is null or (%5$s) is distinct from (%6$s)',
        difference,
        mart.mart,
        mart.built_in,
        (
            select string_agg(format('former.%1$I = latter.%1$I', name), ' and ')
            from unnest(mart.key_columns) as key_column (name)
        ),
        (
            select string_agg(format('former.%I', name), ', ')
            from unnest(mart.mart_columns) as mart_column (name)
        ),
        (
            select string_agg(format('latter.%I', name), ', ')
            from unnest(mart.mart_columns) as mart_column (name)
        ),
        told_rows
    );
    execute format('analyze pg_temp.%I', difference);

    return query execute format(
        'select
            count(*) filter (where former is null),
            count(*) filter (where former is not null and latter is not null),
            count(*) filter (where latter is null)
        from pg_temp.%I',
        difference
    );
end
$$;

create function published.write_differences(wanted text, new_generation integer)
returns void
language plpgsql
as $$
declare
    mart published.mart;
    difference constant text := format('difference_%s', wanted);
    column_list text;
    latter_list text;
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;
    select
        string_agg(format('%I', name), ', '),
        string_agg(format('latter.%I', name), ', ')
    into column_list, latter_list
    from unnest(mart.mart_columns) as mart_column (name);

    execute format(
        'update published.%1$I as former set valid_to_generation = $1
        from pg_temp.%2$I as difference where former.ctid = difference.former',
        mart.mart, difference
    ) using new_generation;
    execute format(
        'insert into published.%1$I (%2$s, valid_from_generation)
        select %3$s, $1
        from %4$I.%1$I as latter
        inner join pg_temp.%5$I as difference on latter.ctid = difference.latter',
        mart.mart, column_list, latter_list, mart.built_in, difference
    ) using new_generation;
end
$$;

-- The planner should know what a large publication has brought, as soon as readers see it.
create function published.analyse(wanted text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('analyze published.%I', wanted);
end
$$;

-- Makes what the marts hold the generation that readers see. Null: they see it already.
create function published.publish(publishing_run_id bigint, publishing_as_of_date date)
returns integer
language plpgsql
as $$
declare
    newest published.generation;
    shown integer;
    new_generation integer;
    mart_name text;
    found_difference record;
    marts_changed text[] := '{}';
    is_new boolean;
    -- what is told from now on is for the next publication
    now_seen constant pg_snapshot := pg_current_snapshot();
    last_seen constant bigint := coalesce((select max(change_id) from resolution.change), 0);
begin
    select * into newest from published.generation order by generation desc limit 1;
    select generation into shown from published.pointer;
    new_generation := coalesce(newest.generation, 0) + 1;

    create temporary table difference on commit drop as
    select mart, 0::bigint as added, 0::bigint as changed, 0::bigint as removed
    from published.mart;

    for mart_name in select mart from published.mart order by mart loop
        select * into found_difference from published.find_differences(mart_name);
        update pg_temp.difference
        set
            added = found_difference.added,
            changed = found_difference.changed,
            removed = found_difference.removed
        where pg_temp.difference.mart = mart_name;
        if found_difference.added + found_difference.changed + found_difference.removed > 0 then
            marts_changed := marts_changed || mart_name;
        end if;
    end loop;

    is_new := marts_changed <> '{}' or newest.as_of_date is distinct from publishing_as_of_date;

    insert into resolution.last_publication (generation, seen, last_change_id)
    values (case when is_new then new_generation else newest.generation end, now_seen, last_seen)
    on conflict (is_the_only_row) do update set
        generation = excluded.generation,
        seen = excluded.seen,
        last_change_id = excluded.last_change_id;

    if not is_new then
        if shown = newest.generation then
            return null;
        end if;
        -- after a rollback the marts may still say what the newest generation says
        update published.pointer set generation = newest.generation;
        insert into ledger.publication (generation, action, run_id)
        values (newest.generation, 'publish', publishing_run_id);
        return newest.generation;
    end if;

    insert into published.generation (generation, as_of_date, run_id)
    values (new_generation, publishing_as_of_date, publishing_run_id);

    foreach mart_name in array marts_changed loop
        perform published.write_differences(mart_name, new_generation);
        select * into found_difference from pg_temp.difference where mart = mart_name;
        if found_difference.added + found_difference.changed + found_difference.removed > 1000 then
            perform published.analyse(mart_name);
        end if;
    end loop;

    insert into ledger.publication_change (generation, mart, added, changed, removed)
    select new_generation, mart, added, changed, removed from pg_temp.difference;
    insert into ledger.publication (generation, action, run_id)
    values (new_generation, 'publish', publishing_run_id);
    update published.pointer set generation = new_generation;

    return new_generation;
end
$$;

-- Shows readers an earlier generation: the one before what they see now, unless one is named.
create function published.roll_back(wanted integer default null)
returns integer
language plpgsql
as $$
declare
    target integer;
begin
    select max(generation.generation) into target
    from published.generation
    where case
        when wanted is null
            then generation.generation < (select pointer.generation from published.pointer)
        else generation.generation = wanted
    end;
    if target is null then
        raise exception 'there is no such generation to go back to';
    end if;
    update published.pointer set generation = target;
    insert into ledger.publication (generation, action) values (target, 'rollback');
    return target;
end
$$;

-- The marts' descriptions are written once, in dbt, which keeps them in the database. This
-- carries them to the published tables and the views. A column that a view takes from elsewhere
-- is described where it comes from.
create function published.copy_descriptions()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    wanted record;
begin
    for wanted in
        with target as (
            select
                relation.oid,
                case relation.relkind when 'v' then 'view' else 'table' end as kind,
                format('%I.%I', namespace.nspname, relation.relname) as name,
                regexp_replace(relation.relname, '_v[0-9]+$', '') as mart
            from pg_class as relation
            inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
            where
                relation.relkind in ('r', 'v')
                and namespace.nspname in ('published', 'family_context')
        ),

        described as (
            select
                relation.relname::text as mart,
                pg_attribute.attname,
                col_description(relation.oid, pg_attribute.attnum) as description
            from pg_class as relation
            inner join pg_attribute
                on relation.oid = pg_attribute.attrelid and pg_attribute.attnum > 0
            where
                relation.relnamespace = to_regnamespace('marts')
                and not pg_attribute.attisdropped
        ),

        wanted_description as (
            select
                format('%s %s', target.kind, target.name) as object,
                obj_description(target.oid, 'pg_class') as described_as,
                obj_description(to_regclass(format('marts.%I', target.mart)), 'pg_class')
                    as description
            from target
            union all
            select
                format('column %s.%I', target.name, pg_attribute.attname),
                col_description(target.oid, pg_attribute.attnum),
                (
                    select described.description
                    from described
                    where
                        described.attname = pg_attribute.attname
                        and described.mart in (target.mart, 'service_coverage', 'family_member')
                        and described.description is not null
                    order by array_position(
                        array[target.mart, 'service_coverage', 'family_member'], described.mart
                    )
                    limit 1
                )
            from target
            inner join pg_attribute
                on target.oid = pg_attribute.attrelid and pg_attribute.attnum > 0
            where not pg_attribute.attisdropped
        )

        select object, description from wanted_description
        where description is not null and description is distinct from described_as
    loop
        execute format('comment on %s is %L', wanted.object, wanted.description);
    end loop;
end
$$;
