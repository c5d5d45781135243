{#-
    The schema that dbt_project.yml names, as it is: one database per environment, so that
    schemas have the same name everywhere.
-#}
{%- macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro -%}
