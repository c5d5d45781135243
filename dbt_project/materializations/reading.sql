{#-
    How what only reads values is stored: the staging models of feeds, and the texts of addresses.
    Each row comes from one row of what is read, by nothing but the model, the functions that read a
    value, and the date formats of the feed (a test holds them to that). So what was read last night
    by the same rules is kept as long as its row is in force, and only what came tonight is read.
    Other rules, or none known: all is read again. A model of no feed names the column that says
    which row it is (read_by).
-#}
{%- materialization reading, adapter="postgres" -%}

    {%- set in_force = source(*model.sources[0]) if model.sources else ref(model.refs[0].name) -%}
    {%- set read_by = config.get("read_by") -%}
    {%- set same = "raw." ~ read_by ~ " = read." ~ read_by if read_by
        else "raw._delivery_id = read.delivery_id and raw._row_number = read.row_number" -%}
    {%- set known = "read." ~ read_by ~ " = reading." ~ read_by if read_by
        else "read.delivery_id = reading.delivery_id and read.row_number = reading.row_number" -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set rules -%}
        select md5($rules${{ sql }}{{ model.columns }}$rules$ || string_agg(
            pg_get_functiondef(oid), '' order by oid::regprocedure::text collate "C"
        ))
        from pg_proc where pronamespace in ('parse'::regnamespace, '{{ in_force.schema }}'::regnamespace)
    {%- endset -%}
    {%- set kept = load_cached_relation(this) and run_query(
        "select exists (select from resolution.kept_model where model = '" ~ this.identifier
        ~ "' and rules = (" ~ rules ~ "))"
    ).columns[0].values()[0] -%}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if kept -%}
        {%- call statement("gone") -%}
            delete from {{ this }} as read
            where not exists (select from {{ in_force }} as raw where {{ same }})
        {%- endcall -%}
        {%- call statement("main") -%}
            {#- behind the last step's name, where the planner asks before it reads -#}
            insert into {{ this }}
            {{ sql }} as reading
            where not exists (select from {{ this }} as read where {{ known }})
        {%- endcall -%}
    {%- else -%}
        {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
        {%- call statement("main") -%}
            {{ get_create_table_as_sql(False, target_relation, sql) }}
        {%- endcall -%}
        {%- call statement("telling") -%}
            select resolution.tell_changes('{{ this }}', '{ {{- config.get("tells", []) | join(", ") -}} }')
        {%- endcall -%}
    {%- endif -%}
    {%- call statement("remembered") -%}
        insert into resolution.kept_model (model, rules) values ('{{ this.identifier }}', ({{ rules }}))
        on conflict (model) do update set rules = excluded.rules
    {%- endcall -%}

    {#- what was changed by few rows keeps its statistics, as it keeps its constraints -#}
    {%- set rows = run_query("select reltuples from pg_class where oid = '" ~ this ~ "'::regclass") -%}
    {%- set changed = load_result("gone")["response"].rows_affected
        + load_result("main")["response"].rows_affected if kept -%}
    {%- if not kept or changed > rows.columns[0].values()[0] / 10 -%}
        {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- endif -%}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}

{%- endmaterialization -%}
