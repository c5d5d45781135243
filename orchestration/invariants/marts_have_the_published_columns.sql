-- A mart that dbt shapes otherwise than the migration does would not reach readers whole.
-- Of a seed the names must agree, and its texts may be of any length.
with relation as (

    select
        mart.mart,
        mart.built_in,
        to_regclass(format('published.%I', mart.mart)) as published_as,
        to_regclass(format('%I.%I', mart.built_in, mart.mart)) as built_as
    from published.mart as mart

),

published_column as (

    select
        relation.mart,
        relation.built_in,
        pg_attribute.attname as column_name,
        format_type(pg_attribute.atttypid, pg_attribute.atttypmod) as column_type
    from relation
    inner join pg_attribute on relation.published_as = pg_attribute.attrelid
    where
        pg_attribute.attnum > 0
        and not pg_attribute.attisdropped
        and pg_attribute.attname not in ('valid_from_generation', 'valid_to_generation')

),

built_column as (

    select
        relation.mart,
        pg_attribute.attname as column_name,
        format_type(pg_attribute.atttypid, pg_attribute.atttypmod) as column_type
    from relation
    inner join pg_attribute on relation.built_as = pg_attribute.attrelid
    where pg_attribute.attnum > 0 and not pg_attribute.attisdropped

)

select
    coalesce(published_column.mart, built_column.mart)
    || '.' || coalesce(published_column.column_name, built_column.column_name) as subject,
    1 as breaches
from published_column
full join built_column
    on
        published_column.mart = built_column.mart
        and published_column.column_name = built_column.column_name
where
    published_column.mart is null
    or built_column.mart is null
    or (
        published_column.column_type <> built_column.column_type
        and published_column.built_in <> 'reference'
    )
order by subject
