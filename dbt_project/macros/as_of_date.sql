{#-
    The day for which ages and statuses are worked out, as a date: the one dbt variable, set by
    the run. Without it dbt stops: "Required var 'as_of_date' not found".
-#}
{%- macro as_of_date() -%}
    '{{ var("as_of_date") }}'::date
{%- endmacro -%}
