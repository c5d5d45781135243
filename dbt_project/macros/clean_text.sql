{#-
    Text as a feed sends it, made comparable: outer spaces gone, runs of spaces collapsed, and an
    empty string turned into null. Words like "Unknown" and "NA" stay: both are also surnames.
    parse.clean folds those too, for codes, references and addresses.
-#}
{%- macro clean_text(column) -%}
    nullif(btrim(regexp_replace({{ column }}, '\s+', ' ', 'g')), '')
{%- endmacro -%}
