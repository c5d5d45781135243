-- Words about the columns that only the views have. All others are described once, in dbt.

do $$
declare
    relation record;
begin
    for relation in
        select
            relname as name,
            exists (
                select from pg_attribute
                where attrelid = pg_class.oid and attname = 'member_age_in_years'
            ) as has_age
        from pg_class
        where relnamespace = 'family_context'::regnamespace and relkind = 'v'
    loop
        if relation.name !~ '^(data_dictionary|keys)' then
            execute format(
                'comment on column family_context.%I.generation is %L', relation.name,
                'The publication that this row belongs to.'
            );
        end if;
        if relation.has_age then
            execute format(
                'comment on column family_context.%I.member_age_in_years is %L', relation.name,
                'Age of the member on the as-of date of the generation.'
            );
        end if;
    end loop;

    for relation in select * from (values ('generation'), ('generation_v1')) as generation (name)
    loop
        execute format(
            'comment on view family_context.%I is %L', relation.name,
            'Publications. One row per generation; as_of(generation) shows a session an earlier one.'
        );
        execute format(
            'comment on column family_context.%I.published_at is %L', relation.name,
            'When it was published, London time.'
        );
        execute format(
            'comment on column family_context.%I.as_of_date is %L', relation.name,
            'The day for which its ages and statuses were worked out.'
        );
        execute format(
            'comment on column family_context.%I.is_shown is %L', relation.name,
            'Yes for the generation that this session sees.'
        );
    end loop;

    for relation in
        select * from (values ('data_dictionary'), ('data_dictionary_v1')) as dictionary (name)
    loop
        execute format(
            'comment on view family_context.%I is %L', relation.name,
            'What every column means. One row per view and column.'
        );
        execute format(
            'comment on column family_context.%I.view_name is %L', relation.name, 'The view.'
        );
        execute format(
            'comment on column family_context.%I.column_order is %L', relation.name,
            'Position of the column in the view, from 1.'
        );
        execute format(
            'comment on column family_context.%I.column_name is %L', relation.name, 'The column.'
        );
        execute format(
            'comment on column family_context.%I.data_type is %L', relation.name,
            'Its PostgreSQL type.'
        );
        execute format(
            'comment on column family_context.%I.description is %L', relation.name,
            'What it means, and the trap to avoid.'
        );
    end loop;

    for relation in select * from (values ('keys'), ('keys_v1')) as key (name)
    loop
        execute format(
            'comment on view family_context.%I is %L', relation.name,
            'What identifies a row of each view; no driver reports this. One row per view.'
        );
        execute format(
            'comment on column family_context.%I.view_name is %L', relation.name, 'The view.'
        );
        execute format(
            'comment on column family_context.%I.key_columns is %L', relation.name,
            'The columns that together are different in every row.'
        );
        execute format(
            'comment on column family_context.%I.description is %L', relation.name,
            'What one row of the view is.'
        );
    end loop;
end
$$;
