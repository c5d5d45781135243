{#-
    How a table is stored that is kept from night to night, and of which only that is made anew which
    something touched. The query of the model is written as if all were made. Beside it stand

    kept_by: the column for whose values rows are made: all those of one value, or none.
    touched_by: what the model is made of, and how a change of it is found. Either the column by
        which it tells of values of kept_by; or, by such column, a query for them from changed (key).
        {}: it never changes, or another input tells of it. Without touched_by all is made each night,
        and compared.
    hashed: what is read and not named in touched_by is hashed, with what of it is in force: when it
        differs all is made anew. Of these inputs, the columns that count, where it is not all.
    turned_by: queries for the values of kept_by that another day changes, from
        clock (last_on, today_on).
    limited: what is read, cut down to what is touched (key): the column of it, a condition, or a list
        of either. A list, and not an `or`, which asks its queries once for every row.
    tells: the columns by which others learn of a change. See resolution.tell_changes.

    What comes out as it was is not written, and told to nobody. Other rules, a day before the last,
    an input made anew: all is made anew.
-#}
{%- materialization kept, adapter="postgres" -%}

    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set kept_by = config.require("kept_by") -%}
    {%- set touched_by = config.get("touched_by", {}) -%}
    {%- set limited = config.get("limited", {}) -%}
    {%- set hashed = model.refs | map(attribute="name") | unique | reject("in", touched_by) | list -%}
    {%- set rules -%}
        select md5(concat_ws(
            ' ',
            $rules${{ sql | replace(as_of_date(), "as_of_date") }}{{ model.columns }}{{ touched_by }}{{ config.get("turned_by") }}$rules$,
            (
                select string_agg(pg_get_functiondef(oid), '' order by oid::regprocedure::text collate "C")
                from pg_proc
                where pronamespace in ('parse'::regnamespace, 'resolution'::regnamespace) and prokind = 'f'
            )
            {%- for name in hashed if touched_by -%}
                {%- set is_dated = adapter.get_columns_in_relation(ref(name)) | selectattr("name", "eq", "valid_to") | list %}
                , (
                    select sum(hashint8extended(hash_record_extended(row(
                        {% for column in config.get("hashed", {}).get(name, ["*"]) -%}
                            input.{{ column }}{{ ", " if not loop.last }}
                        {%- endfor %}
                        {%- if is_dated %}, {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }}){% endif %}
                    ), 0), 0))
                    from {{ ref(name) }} as input
                )
            {%- endfor %}
        ))
    {%- endset -%}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set rules = run_query(rules).columns[0].values()[0] -%}
    {%- set last_change_id = run_query(
        "select coalesce(max(change_id), 0) from resolution.change"
    ).columns[0].values()[0] -%}
    {%- set last = run_query(
        "select as_of_date, last_change_id, made_on from resolution.kept_model as kept where model = '"
        ~ this.identifier ~ "' and rules = '" ~ rules ~ "' and as_of_date <= " ~ as_of_date()
        ~ " and not exists (select from resolution.change where model in ('"
        ~ touched_by | join("', '") ~ "') and told_column is null"
        ~ " and change_id > kept.last_change_id)"
    ).rows -%}

    {%- if last and load_cached_relation(this) and not should_full_refresh() -%}
        {%- set columns = adapter.get_columns_in_relation(this) -%}
        {%- set key_type = (columns | selectattr("name", "eq", kept_by) | first).data_type -%}
        {%- set columns = columns | map(attribute="quoted") | join(", ") -%}
        {%- set cut = namespace(sql=sql, inputs=[]) -%}
        {%- for name, ways in limited.items() -%}
            {%- set cut.sql = cut.sql | replace(ref(name) | string, "limited_" ~ name) -%}
            {%- set rows = [] -%}
            {%- for way in ([ways] if ways is string else ways) -%}
                {%- do rows.append(
                    "select * from " ~ ref(name) ~ " where "
                    ~ (way if " " in way else way ~ " in (select key from touched)")
                ) -%}
            {%- endfor -%}
            {%- do cut.inputs.append(
                "limited_" ~ name ~ " as " ~ ("not " if rows | length == 1) ~ "materialized ("
                ~ rows | join(" union ") ~ ")"
            ) -%}
        {%- endfor -%}
        {%- set is_touched = "where " ~ kept_by ~ " in (select key from touched)" if touched_by else "" -%}
        {%- call statement("made") -%}
            set local search_path to intermediate, staging, reference, marts;
            create temp table touched (key {{ key_type }}) on commit drop;
            {%- for query in config.get("turned_by", []) %}
                insert into touched
                with clock as (select '{{ last[0][0] }}'::date as last_on, {{ as_of_date() }} as today_on)
                select * from ({{ query }}) as turned;
            {%- endfor %}
            {%- for name, how in touched_by.items() %}
                {%- for column, query in ({how: none} if how is string else how).items() %}
                    insert into touched
                    with changed as (
                        select key from resolution.change
                        where model = '{{ name }}' and told_column = '{{ column }}'
                        and change_id > {{ last[0][1] }}
                    )
                    select * from ({{ query or "select key::" ~ key_type ~ " from changed" }}) as touched_by;
                {%- endfor %}
            {%- endfor %}
            analyze touched;
            create temp table made on commit drop as
            {% if cut.inputs %}with {{ cut.inputs | join(", ") }}{% endif %}
            select {{ columns }} from (
                {{ cut.sql }}
            ) as made {{ is_touched }};
            analyze made;
            {#- rows are as they were when their hashes add up to what they did, in both halves; hashed
                twice, for those of two rows that change places in a column add up to the same #}
            create temp table differing on commit drop as
            select key from (
                select {{ kept_by }} as key, 1 as sign, hashint8extended(hash_record_extended(row({{ columns }}), 0), 0) as row_hash
                from {{ this }} {{ is_touched }}
                union all
                select {{ kept_by }} as key, -1 as sign, hashint8extended(hash_record_extended(row({{ columns }}), 0), 0) as row_hash
                from made
            ) as hashed
            group by key
            having sum(sign * (row_hash >> 32)) <> 0 or sum(sign * (row_hash & 4294967295)) <> 0;
            analyze differing;
            delete from {{ this }} where {{ kept_by }} in (select key from differing)
        {%- endcall -%}
        {%- call statement("main") -%}
            insert into {{ this }} ({{ columns }})
            select {{ columns }} from made where {{ kept_by }} in (select key from differing)
        {%- endcall -%}
        {%- set touched = run_query("select count(distinct key) from touched").columns[0].values()[0] -%}
        {%- call statement("dropped") -%}
            drop table touched, made, differing
        {%- endcall -%}
        {%- set rows = run_query("select reltuples from pg_class where oid = '" ~ this ~ "'::regclass") -%}
        {#- what was changed by few rows keeps its statistics, as it keeps its constraints -#}
        {%- if load_result("main")["response"].rows_affected > rows.columns[0].values()[0] / 10 -%}
            {%- do run_query("analyze " ~ this) -%}
        {%- endif -%}
    {%- else -%}
        {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
        {%- call statement("main") -%}
            {{ get_create_table_as_sql(False, target_relation, sql) }}
        {%- endcall -%}
        {%- do create_indexes(target_relation) -%}
        {%- do persist_docs(target_relation, model) -%}
        {%- call statement("telling") -%}
            select resolution.tell_changes('{{ this }}', '{ {{- config.get("tells", []) | join(", ") -}} }')
        {%- endcall -%}
        {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- endif -%}
    {%- call statement("remembered") -%}
        delete from resolution.kept_model where model = '{{ this.identifier }}';
        insert into resolution.kept_model values (
            '{{ this.identifier }}',
            '{{ rules }}',
            {{ as_of_date() }},
            {{ "'" ~ last[0][2] ~ "'" if touched is defined else as_of_date() }},
            {{ last_change_id }},
            {{ touched if touched is defined else "null" }}
        )
    {%- endcall -%}

    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}

{%- endmaterialization -%}
