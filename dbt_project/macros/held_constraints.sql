{#-
    What the yml says of a column, held by the table itself: that it is filled, which values it may
    hold, that none comes twice. One statement, where a test would be a node of its own for each; and
    nothing is built on a table that breaks it. Marts have the same from their contract.
-#}
{%- macro held_constraints() -%}
    {%- set wanted = [] -%}
    {%- set unique = [] -%}
    {%- for column in model.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type == "unique" -%}
                {%- do unique.append(column.name) -%}
            {%- elif constraint.type == "not_null" -%}
                {%- do wanted.append("alter column " ~ column.name ~ " set not null") -%}
            {%- else -%}
                {%- set name = column.name ~ "_held" -%}
                {%- do wanted.append("drop constraint if exists " ~ name) -%}
                {%- do wanted.append("add constraint " ~ name ~ " check (" ~ constraint.expression ~ ")") -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if execute and unique and model.config.materialized not in ("table", "seed") -%}
        {#- kept from night to night: it has its index already, unless it was made a moment ago -#}
        {%- set held = run_query(
            "select attname from pg_index inner join pg_attribute on attrelid = indrelid"
            ~ " and attnum = indkey[0] where indisunique and indnkeyatts = 1 and indrelid = '"
            ~ this ~ "'::regclass"
        ).columns[0].values() -%}
        {%- set unique = unique | reject("in", held) | list -%}
    {%- endif -%}
    {%- for name in unique -%}
        {%- do wanted.append("add unique (" ~ name ~ ")") -%}
    {%- endfor -%}
    {%- if wanted and model.config.materialized != "view" -%}
        alter table {{ this }} {{ wanted | join(", ") }}
    {%- endif -%}
{%- endmacro -%}
