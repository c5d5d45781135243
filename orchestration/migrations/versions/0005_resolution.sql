-- What the resolution of persons needs beside plain SQL. No rule is here: which names are none,
-- what links and what forbids are seeds and models.

create schema if not exists resolution;
grant usage on schema resolution to builder;
alter default privileges in schema resolution grant execute on functions to builder;

create or replace function resolution.spelling(name text)
returns text
language sql stable parallel safe
return nullif(
    btrim(
        regexp_replace(
            upper(extensions.unaccent(translate(name, '''’‘`´.', ''))), '[^[:alnum:]]+', ' ', 'g'
        )
    ),
    ''
);

comment on function resolution.spelling(text) is
'A name made comparable: capitals without accents, apostrophes and full stops closed up, and one '
'space for whatever else is no letter or digit. Null when nothing is left.';

create or replace function resolution.words(address text)
returns text
language sql immutable parallel safe
return nullif(btrim(regexp_replace(upper(address), '[^A-Z]+', ' ', 'g')), '');

comment on function resolution.words(text) is
'The words of a line of an address, in capitals, its numbers left out. Null when nothing is left.';

create or replace function resolution.record_number(record_id text)
returns bigint
language sql immutable parallel safe
return hashtextextended(record_id, 0);

comment on function resolution.record_number(text) is
'A record as a number, a quarter as long as what it stands for: pairs, links and clusters are of '
'numbers. It follows from the identifier, so that it never changes and nothing has to remember it.';

create or replace function resolution.cluster(
    link_left bigint[], link_right bigint[], link_strength integer[], veto_left bigint[],
    veto_right bigint[]
)
returns table (record_number bigint, cluster_number bigint)
language plpgsql immutable parallel safe
as $$
declare
    record_numbers bigint[];
    -- of each record, the place of the first record of its cluster
    clusters integer[];
    links_from integer[];
    links_to integer[];
    vetoes_from integer[];
    vetoes_to integer[];
    joined integer[];
begin
    select array_agg(each.id order by each.id)
    into record_numbers
    from (select unnest(link_left) as id union select unnest(link_right)) as each;

    clusters := array(select generate_series(1, cardinality(record_numbers)));

    with place as (
        select * from unnest(record_numbers) with ordinality as each (id, place)
    )

    select
        array_agg(
            left_place.place
            order by
                link.strength desc, least(left_place.place, right_place.place),
                greatest(left_place.place, right_place.place)
        ),
        array_agg(
            right_place.place
            order by
                link.strength desc, least(left_place.place, right_place.place),
                greatest(left_place.place, right_place.place)
        )
    into links_from, links_to
    from unnest(link_left, link_right, link_strength) as link (left_id, right_id, strength)
    inner join place as left_place on link.left_id = left_place.id
    inner join place as right_place on link.right_id = right_place.id;

    with place as (
        select * from unnest(record_numbers) with ordinality as each (id, place)
    )

    select array_agg(left_place.place), array_agg(right_place.place)
    into vetoes_from, vetoes_to
    from unnest(veto_left, veto_right) as veto (left_id, right_id)
    inner join place as left_place on veto.left_id = left_place.id
    inner join place as right_place on veto.right_id = right_place.id;

    -- A link that is the strongest still allowed to both its clusters would be taken next for
    -- them by going through all links in order, because what is forbidden stays forbidden as
    -- clusters grow. So all such links are taken at once, round by round.
    loop
        with link as (
            select
                each.rank,
                least(clusters[each.from_place], clusters[each.to_place]) as first_cluster,
                greatest(clusters[each.from_place], clusters[each.to_place]) as second_cluster
            from unnest(links_from, links_to) with ordinality as each (from_place, to_place, rank)
            where clusters[each.from_place] <> clusters[each.to_place]
        ),

        veto as (
            select
                least(clusters[each.from_place], clusters[each.to_place]) as first_cluster,
                greatest(clusters[each.from_place], clusters[each.to_place]) as second_cluster
            from unnest(vetoes_from, vetoes_to) as each (from_place, to_place)
        ),

        allowed as (
            select link.* from link
            where not exists (
                select from veto
                where
                    veto.first_cluster = link.first_cluster
                    and veto.second_cluster = link.second_cluster
            )
        ),

        strongest as (
            select each.cluster, min(each.rank) as rank
            from (
                select first_cluster as cluster, rank from allowed
                union all
                select second_cluster as cluster, rank from allowed
            ) as each
            group by each.cluster
        ),

        taken as (
            select allowed.first_cluster, allowed.second_cluster
            from allowed
            inner join strongest as of_first
                on allowed.first_cluster = of_first.cluster and allowed.rank = of_first.rank
            inner join strongest as of_second
                on allowed.second_cluster = of_second.cluster and allowed.rank = of_second.rank
        )

        select
            array_agg(coalesce(taken.first_cluster, each.cluster) order by each.place)
        into joined
        from unnest(clusters) with ordinality as each (cluster, place)
        left join taken on each.cluster = taken.second_cluster;

        exit when joined is not distinct from clusters;
        clusters := joined;
    end loop;

    return query
    select record_numbers[each.place], record_numbers[each.cluster]
    from unnest(clusters) with ordinality as each (cluster, place);
end
$$;

comment on function resolution.cluster(bigint[], bigint[], integer[], bigint[], bigint[]) is
'Joins records along links, the strongest first, but never two clusters of which any two records '
'are vetoed. Links and vetoes are parallel arrays of their ends; of equal links the one of the '
'smaller numbers goes first. One row per linked record; a cluster is named after its smallest.';

create or replace function resolution.letters(name text)
returns text
language sql immutable parallel safe
return (
    select string_agg(letter, '' order by letter)
    from regexp_split_to_table(name, '') as letter
);

comment on function resolution.letters(text) is
'The letters of a name in alphabetical order: two names of the same letters differ by letters that '
'changed places.';

create or replace function resolution.share(part double precision, whole double precision)
returns double precision
language sql immutable parallel safe
return power(2, (round(2 * ln(part) / ln(2)) - round(2 * ln(whole) / ln(2))) / 2);

comment on function resolution.share(double precision, double precision) is
'How large a part is of the whole, to half a bit: it stays as it is while both change by little.';

create or replace function resolution.kind_mark(kind text)
returns integer
language sql immutable parallel safe
return hashtext(kind) & 65535;

create or replace function resolution.blocking_key(kind text, words text)
returns bigint
language sql immutable parallel safe
return hashtextextended(words, 0) << 16 | resolution.kind_mark(kind);

comment on function resolution.blocking_key(text, text) is
'What records share, as a number; null when there are no words. Its last 16 bits are the mark of '
'its kind, so that of a key nobody can read it can still be said what it was made of.';

create table if not exists resolution.compared_record (
    record_number bigint primary key,
    record_id varchar(64) not null,
    match_hash bigint not null,
    blocking_keys bigint[] not null,
    skipped_keys bigint[] not null
);

comment on table resolution.compared_record is
'Each record as it was when its pairs in int_person__scored were weighed. Written with them in one '
'transaction, so that it never says so of a record that is yet to be compared.';

grant select, insert, delete on resolution.compared_record to builder;

create table if not exists resolution.settled_record (
    record_number bigint not null,
    component_number bigint not null,
    person_id bigint not null,
    held_person_id bigint,
    rules_hash bigint not null,
    is_touched boolean not null
);

comment on table resolution.settled_record is
'Each record as it was when its person was last worked out. Whatever changes what that hangs on '
'marks it as touched in the same transaction; worked out anew, it is written anew with its person.';

grant select, insert, update, delete on resolution.settled_record to builder;

-- neither has a log: a crash empties them together with the tables that they tell of
create unlogged table if not exists resolution.kept_model (
    model varchar(63) primary key, -- noqa: RF04
    rules varchar(32) not null,
    as_of_date date,
    made_on date,
    last_change_id bigint,
    touched bigint
);

comment on table resolution.kept_model is
'One row per model whose rows are kept from night to night: the MD5 of its rules, the day for '
'which it was made, the day on which all of it was, up to which change it knows what it is made '
'of, and how many were touched the last time, unless all was made. Where the rules differ, or the '
'row is missing, all is made anew.';

create unlogged table if not exists resolution.change (
    change_id bigint generated always as identity primary key,
    model varchar(63) not null, -- noqa: RF04
    told_column varchar(63),
    key text, -- noqa: RF04
    deleted_row bigint,
    transaction_id xid8 not null default pg_current_xact_id()
);

comment on table resolution.change is
'What has changed in the tables that are kept: a value of a column that others find their rows by, '
'and of a row that was deleted its hash. Without a column: the whole table was made anew.';

grant select, insert, update, delete on resolution.kept_model, resolution.change to builder;

-- beside what it knows of, so that a copy of the published tables alone brings none
create unlogged table if not exists resolution.last_publication (
    is_the_only_row boolean primary key default true check (is_the_only_row),
    generation integer not null,
    seen pg_snapshot not null,
    last_change_id bigint not null
);

comment on table resolution.last_publication is
'What the newest generation knows of: the transactions that its publication saw, and the last of '
'their changes. Without a row, or with that of another generation, every mart is compared whole.';

-- A number may be given out before a publication and be seen only after it, so the transaction
-- decides; the number is asked as well, because in a copied database transactions begin anew.
create or replace view resolution.unpublished_change as
select
    change.change_id,
    change.model,
    change.told_column,
    change.key
from resolution.change
cross join resolution.last_publication
inner join pg_class as published
    on
        change.model = published.relname
        and published.relnamespace = to_regnamespace('published')
where
    change.change_id > last_publication.last_change_id
    or not pg_visible_in_snapshot(change.transaction_id, last_publication.seen);

comment on view resolution.unpublished_change is
'What published marts have told since the newest generation.';

grant usage on schema resolution to publisher;
grant select on resolution.change, resolution.unpublished_change to publisher;
grant select, insert, update on resolution.last_publication to publisher;
grant select on resolution.last_publication to builder;

create or replace function resolution.note_change()
returns trigger
language plpgsql
as $$
declare
    told text;
    -- a row that was deleted and is written again as it was is no change
    written_again constant text := format(
        'change.model = %L and change.transaction_id = pg_current_xact_id()'
        ' and change.deleted_row = hash_record_extended(changed, 0)', tg_table_name
    );
    changed constant text := case tg_op
        when 'INSERT' then format(
            'null::bigint from after_rows as changed where not exists'
            ' (select from resolution.change where %s) and', written_again
        )
        when 'DELETE' then 'hash_record_extended(changed, 0) from before_rows as changed where'
        when 'UPDATE'
            then 'null::bigint from (table before_rows union all table after_rows) as changed where'
    end;
begin
    if tg_op = 'TRUNCATE' then
        insert into resolution.change (model) values (tg_table_name);
        return null;
    end if;
    foreach told in array coalesce(tg_argv, '{}') loop
        execute format(
            'insert into resolution.change (model, told_column, key, deleted_row)'
            ' select distinct %1$L, %2$L, changed.%2$I::text, %3$s changed.%2$I is not null',
            tg_table_name, told, changed
        );
    end loop;
    if tg_op = 'INSERT' then
        execute format(
            'delete from resolution.change using after_rows as changed where %s', written_again
        );
    end if;
    return null;
end
$$;

comment on function resolution.note_change() is
'Notes the values of the columns that it is given of all rows that a statement writes or deletes.';

create or replace function resolution.tell_changes(told_table regclass, told_columns name[])
returns void
language plpgsql
as $$
declare
    events text[][] := array[
        ['insert', 'referencing new table as after_rows'],
        ['update', 'referencing old table as before_rows new table as after_rows'],
        ['delete', 'referencing old table as before_rows'],
        ['truncate', '']
    ];
    event text[];
begin
    if exists (select from pg_trigger where tgrelid = told_table and tgname = 'note_insert') then
        return;
    end if;
    foreach event slice 1 in array events loop
        execute format(
            'create trigger note_%1$s after %1$s on %2$s %3$s for each statement'
            ' execute function resolution.note_change(%4$s)',
            event[1], told_table, event[2],
            (
                select string_agg(quote_literal(attname), ', ') from pg_attribute
                where attrelid = told_table and attname = any(told_columns)
            )
        );
    end loop;
    insert into resolution.change (model) -- noqa: RF04
    select relname from pg_class where oid = told_table;
end
$$;

comment on function resolution.tell_changes(regclass, name[]) is
'Has a table tell of every change whom it concerns: the values of these columns, of those that it '
'has, in the rows that are written or deleted, by whatever statement. A table that was just made '
'tells that it is new.';
