-- What one reader is shown of the published tables.

-- The generation that the session has pinned, else the one that the pointer names. A pin that
-- names no generation shows nothing at all.
create view published.generation_shown as
select
    generation.generation,
    generation.as_of_date
from published.generation
where
    generation.generation = case
        when coalesce(current_setting('family_context.generation', true), '') = ''
            then (select pointer.generation from published.pointer)
        when current_setting('family_context.generation', true) ~ '^[0-9]{1,9}$'
            then current_setting('family_context.generation', true)::integer
    end;

-- The services whose facts the reader's role may see at the need level of the session; s17, the
-- lesser, unless the session says s47. No row in the matrix: not shared.
create view published.service_shared as
select distinct sharing_agreement.service
from published.sharing_agreement
inner join pg_roles on sharing_agreement.role = pg_roles.rolname
where
    sharing_agreement.valid_to_generation = 2147483647
    and sharing_agreement.is_shared = 'Yes'
    and sharing_agreement.need_level
    = case current_setting('family_context.need_level', true) when 's47' then 's47' else 's17' end
    and pg_has_role(current_user, pg_roles.oid, 'usage');

-- A record of a feed may stem from any service that the feed speaks for, so all must be shared.
create view published.feed_shared as
select service_coverage.feed
from published.service_coverage
where
    service_coverage.valid_from_generation
    <= (select generation_shown.generation from published.generation_shown)
    and service_coverage.valid_to_generation
    > (select generation_shown.generation from published.generation_shown)
group by service_coverage.feed
having
    bool_and(
        service_coverage.service in (select service_shared.service from published.service_shared)
    );

-- The feeds of a list, less those whose services are not shared with the reader: that such a feed
-- knows somebody's home would say that there is a record. A list of a mart names the feeds of one
-- address with commas, and those of another after an "or".
create view published.feed_hidden as
select service_coverage.feed
from published.service_coverage
where
    service_coverage.feed is not null
    and service_coverage.valid_from_generation
    <= (select generation_shown.generation from published.generation_shown)
    and service_coverage.valid_to_generation
    > (select generation_shown.generation from published.generation_shown)
group by service_coverage.feed
having
    not bool_and(
        service_coverage.service in (select service_shared.service from published.service_shared)
    );

create function published.shown_sources(sources text, hidden text[])
returns text
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return (
    select string_agg(address.shown, ' or ' order by address.place)
    from (
        select
            part.place,
            (
                select string_agg(named.feed, ', ' order by named.place)
                from
                    unnest(string_to_array(part.feeds, ', '))
                    with ordinality as named (feed, place)
                where named.feed <> all(hidden)
            ) as shown
        from
            unnest(string_to_array(sources, ' or ')) with ordinality as part (feeds, place)
    ) as address
);

-- Of whom an earlier generation may tell where they live or how they are reached, and nobody may
-- know any more: under any identifier that one of their records ever had. None while the newest is
-- shown, which tells nothing of them.
create function published.whereabouts_withheld()
returns setof bigint
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if (select generation_shown.generation from published.generation_shown)
        < (select max(generation.generation) from published.generation)
    then
        return query
        with withheld as (

            select withheld_person.person_id
            from published.withheld_person
            where withheld_person.valid_to_generation = 2147483647

        )

        select withheld.person_id from withheld
        union
        select record.person_id
        from withheld
        inner join published.person_source_record as theirs
            on withheld.person_id = theirs.person_id
        inner join published.person_source_record as record
            on theirs.record_id = record.record_id;
    end if;
end
$$;

-- In every view the generation is worked out once, and conditions on its columns reach the
-- indexes of the published table.

create view family_context.family_context_v1 with (security_barrier = true) as
with shown as materialized (

    select
        generation,
        as_of_date
    from published.generation_shown

),

-- fifteen rows: whether a service is shared is asked once, not for each row of the answer
service_coverage as materialized (

    select
        *,
        service = any(array(select service_shared.service from published.service_shared))
            as is_shared
    from published.service_coverage
    where
        valid_from_generation <= (select shown.generation from shown)
        and valid_to_generation > (select shown.generation from shown)

),

-- that such a feed knows a home would say that there is a record
hidden as materialized (

    select coalesce(array_agg(feed), '{}')::text[] as feeds
    from (
        select feed
        from service_coverage
        where feed is not null
        group by feed
        having not bool_and(is_shared)
    ) as feed_hidden

),

family_context as (

    select
        family_context.*,
        family_context.member_id in (select published.whereabouts_withheld()) as is_withheld,
        service_coverage.data_current_as_of,
        service_coverage.search_from,
        service_coverage.search_to,
        service_coverage.area_covered,
        service_coverage.source_label,
        service_coverage.is_late,
        service_coverage.is_out_of_date,
        service_coverage.is_shared
        or family_context.involvement_status in ('not_connected', 'not_in_scope') as is_shared
    from published.family_context
    left join service_coverage on family_context.service = service_coverage.service
    where
        family_context.valid_from_generation <= (select shown.generation from shown)
        and family_context.valid_to_generation > (select shown.generation from shown)

)

select
    family_context.child_id,
    family_context.child_ref,
    family_context.member_id,
    family_context.member_order,
    family_context.relation,
    family_context.bases,
    family_context.confidence,
    family_context.other_relations,
    family_context.correction,
    family_context.is_contact_restricted,
    family_context.has_little_history,
    family_context.known_only_from,
    family_context.perhaps_also,
    family_context.is_household_member,
    family_context.has_parental_responsibility,
    family_context.member_given_name,
    family_context.member_family_name,
    family_context.member_date_of_birth,
    extract(
        year from age((select shown.as_of_date from shown), family_context.member_date_of_birth)
    )::integer as member_age_in_years,
    case
        when family_context.is_withheld then 'withheld'
        else family_context.home_status
    end::varchar(10) as home_status,
    case
        when not family_context.is_withheld then family_context.home_address
    end::varchar(300) as home_address,
    case when not family_context.is_withheld then family_context.home_since_on end
        as home_since_on,
    case when not family_context.is_withheld then family_context.home_last_known_on end
        as home_last_known_on,
    case
        when family_context.is_withheld then null
        when
            string_to_array(replace(family_context.home_sources, ' or ', ', '), ', ')
            && (select hidden.feeds from hidden)
            then
                published.shown_sources(
                    family_context.home_sources, (select hidden.feeds from hidden)
                )
        else family_context.home_sources
    end::varchar(200) as home_sources,
    case
        when family_context.is_withheld then 'not_known'
        else family_context.home_area
    end::varchar(10) as home_area,
    family_context.service,
    family_context.service_label,
    case
        when family_context.is_shared then family_context.involvement_status
        else 'not_shared'
    end::varchar(20) as involvement_status,
    case
        when family_context.is_shared then family_context.status_reason
    end::varchar(60) as status_reason,
    case when family_context.is_shared then family_context.started_on end as started_on,
    case when family_context.is_shared then family_context.ended_on end as ended_on,
    case
        when family_context.is_shared then family_context.last_interaction_on
    end as last_interaction_on,
    case
        when family_context.is_shared then family_context.provider_name
    end::varchar(255) as provider_name,
    case
        when family_context.is_shared then family_context.contact_name
    end::varchar(255) as contact_name,
    case
        when family_context.is_shared then family_context.contact_role
    end::varchar(255) as contact_role,
    case
        when family_context.is_shared then family_context.contact_phone
    end::varchar(40) as contact_phone,
    case
        when family_context.is_shared then family_context.contact_email
    end::varchar(255) as contact_email,
    case
        when family_context.is_shared then family_context.spell_id
    end::varchar(64) as spell_id,
    case when family_context.is_shared then family_context.spell_count end as spell_count,
    family_context.data_current_as_of,
    family_context.search_from,
    family_context.search_to,
    family_context.area_covered,
    family_context.source_label,
    family_context.is_late,
    family_context.is_out_of_date,
    (select shown.generation from shown) as generation
from family_context;

-- The other marts are shown as they are, less the rows of services that are not shared.
do $$
declare
    shown_where constant text := $sql$
        %1$I.valid_from_generation <= (select shown.generation from shown)
        and %1$I.valid_to_generation > (select shown.generation from shown)
    $sql$;
    plain constant text := $sql$
        create view family_context.%1$I with (security_barrier = true) as
        with shown as materialized (select generation from published.generation_shown)
        select %3$s, (select shown.generation from shown) as generation
        from published.%2$I
        where %4$s and %5$s
    $sql$;
    detail constant text := $sql$
        create view family_context.%1$I with (security_barrier = true) as
        with shown as materialized (select generation from published.generation_shown)
        select
            family_member.child_id, family_member.child_ref, family_member.member_id,
            %3$s, (select shown.generation from shown) as generation
        from published.family_member
        inner join published.%2$I on family_member.member_id = %2$I.person_id
        where %4$s and %5$s and %6$s
    $sql$;
    shown record;
begin
    for shown in
        select
            mart.mart as name,
            mart.mart || '_v1' as view_name,
            case
                when mart.mart like '%\_detail' then format(
                    '%L = any(array(select service from published.service_shared))',
                    replace(mart.mart, '_detail', '')
                )
                when mart.mart = 'service_involvement'
                    then 'service = any(array(select service from published.service_shared))'
                when mart.mart in ('person_source_record', 'person_attribute')
                    then 'feed = any(array(select feed from published.feed_shared))'
                when mart.mart = 'person_relationship'
                    then 'feed <> all(array(select feed from published.feed_hidden))'
                else 'true'
            end
            || case
                when mart.mart in ('person_address', 'household_member', 'person_attribute')
                    then
                        ' and person_id not in (select published.whereabouts_withheld())'
                else ''
            end as is_shared,
            (
                select string_agg(
                    case
                        when
                            name = 'sources'
                            and mart.mart in ('person_address', 'household_member')
                            then format(
                                'published.shown_sources(%I.sources,'
                                ' array(select feed from published.feed_hidden))::varchar(200)'
                                ' as sources',
                                mart.mart
                            )
                        else format('%I.%I', mart.mart, name)
                    end, ', ' order by position
                )
                from unnest(mart.mart_columns) with ordinality as mart_column (name, position)
                where mart.mart not like '%\_detail' or name <> 'person_id'
            ) as shown_columns
        from published.mart as mart
        where mart.mart not in ('family_context', 'sharing_agreement', 'withheld_person')
    loop
        if shown.name like '%\_detail' then
            execute format(
                detail, shown.view_name, shown.name, shown.shown_columns,
                format(shown_where, 'family_member'), format(shown_where, shown.name),
                shown.is_shared
            );
        else
            execute format(
                plain, shown.view_name, shown.name, shown.shown_columns,
                format(shown_where, shown.name), shown.is_shared
            );
        end if;
    end loop;
end
$$;

create view family_context.generation_v1 with (security_barrier = true) as
select
    generation.generation,
    generation.published_at at time zone 'Europe/London' as published_at,
    generation.as_of_date,
    case
        when generation.generation = shown.generation then 'Yes'
        else 'No'
    end::varchar(3) as is_shown
from published.generation
left join published.generation_shown as shown on true;

create view family_context.data_dictionary_v1 with (security_barrier = true) as
select
    relation.relname::varchar(63) as view_name,
    pg_attribute.attnum::integer as column_order,
    pg_attribute.attname::varchar(63) as column_name,
    format_type(pg_attribute.atttypid, pg_attribute.atttypmod)::varchar(60) as data_type,
    col_description(relation.oid, pg_attribute.attnum)::varchar(2000) as description
from pg_class as relation
inner join pg_attribute
    on relation.oid = pg_attribute.attrelid
where
    relation.relnamespace = 'family_context'::regnamespace
    and relation.relkind = 'v'
    and pg_attribute.attnum > 0
    and not pg_attribute.attisdropped;

create view family_context.keys_v1 with (security_barrier = true) as
with named as (

    select
        oid as view_oid,
        relname::varchar(63) as view_name,
        regexp_replace(relname, '_v[0-9]+$', '') as mart
    from pg_class
    where relnamespace = 'family_context'::regnamespace and relkind = 'v'

)

select
    named.view_name,
    case
        when named.mart like '%\_detail' then 'child_id, member_id'
        when named.mart = 'generation' then 'generation'
        when named.mart = 'data_dictionary' then 'view_name, column_name'
        when named.mart = 'keys' then 'view_name'
        else array_to_string(mart.key_columns, ', ')
    end::varchar(200) as key_columns,
    obj_description(named.view_oid, 'pg_class')::varchar(2000) as description
from named
left join published.mart on named.mart = mart.mart;

-- The name without a version is the newest version.
do $$
declare
    versioned text;
begin
    for versioned in
        select relname from pg_class
        where relnamespace = 'family_context'::regnamespace and relkind = 'v'
    loop
        execute format(
            'create view family_context.%I with (security_barrier = true) as'
            ' select * from family_context.%I',
            replace(versioned, '_v1', ''), versioned
        );
    end loop;
end
$$;

create function family_context.as_of(wanted integer)
returns integer
language plpgsql
as $$
begin
    if not exists (
        select from family_context.generation_v1 where generation_v1.generation = wanted
    ) then
        raise exception 'there is no generation %: see family_context.generation', wanted;
    end if;
    perform set_config('family_context.generation', wanted::text, false);
    return wanted;
end
$$;

comment on function family_context.as_of(integer) is
'Shows this session one generation, whatever is published, until as_of_now() or DISCARD ALL.';

create function family_context.as_of_now()
returns integer
language plpgsql
as $$
begin
    perform set_config('family_context.generation', '', false);
    return (
        select generation_v1.generation
        from family_context.generation_v1
        where generation_v1.is_shown = 'Yes'
    );
end
$$;

comment on function family_context.as_of_now() is 'Shows this session what is published now.';
