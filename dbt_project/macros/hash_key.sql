{#-
    One key of 64 characters out of several parts. Null when any part is null, so that a row
    without its reference never shares a key with another such row: coalesce a part that may
    rightly be empty.
-#}
{%- macro hash_key(parts) -%}
    encode(sha256(convert_to({{ parts | join(" || chr(31) || ") }}, 'UTF8')), 'hex')::varchar(64)
{%- endmacro -%}
