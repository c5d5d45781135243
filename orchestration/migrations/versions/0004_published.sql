-- What readers reach: tables that keep every generation, and views that show one.
--
-- A row of a published table is valid from one generation until another (exclusive). The rows of the
-- newest generation are open: they end at 2147483647. A publication closes and adds what differs, and
-- moves the pointer. Nothing else ever changes a row.

-- ---------------------------------------------------------------- generations

create table published.generation (
    generation integer primary key check (generation > 0),
    published_at timestamptz not null default now(),
    as_of_date date not null,
    run_id bigint not null
);

create table published.pointer (
    is_the_only_row boolean primary key default true check (is_the_only_row),
    generation integer references published.generation
);

insert into published.pointer (generation) values (null);

-- ---------------------------------------------------------------- one table per mart

create table published.person (
    person_id bigint not null,
    person_ref varchar(20),
    given_name varchar(100),
    family_name varchar(255),
    date_of_birth date,
    expected_date_of_birth date,
    date_of_death date,
    sex varchar(20),
    gender varchar(20),
    is_name_placeholder varchar(7),
    is_matchable varchar(7),
    not_matchable_reason varchar(40),
    is_address_protected varchar(7),
    record_count integer,
    feed_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

create index person_person_ref on published.person (person_ref);

create table published.person_source_record (
    record_id varchar(64) not null,
    person_id bigint,
    feed varchar(40),
    source_person_id varchar(100),
    match_rule varchar(60),
    delivery_id bigint,
    source_table varchar(60),
    row_number bigint,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (record_id, valid_from_generation)
);

create index person_source_record_person_id on published.person_source_record (person_id);
create index person_source_record_source_person_id
on published.person_source_record (feed, source_person_id);

create table published.person_redirect (
    retired_person_id bigint not null,
    person_id bigint,
    reason varchar(20),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (retired_person_id, valid_from_generation)
);

create table published.person_relationship (
    person_relationship_id varchar(64) not null,
    person_id bigint,
    related_person_id bigint,
    relationship_code varchar(12),
    relationship_group varchar(30),
    relationship_label varchar(100),
    basis varchar(60),
    feed varchar(40),
    started_on date,
    ended_on date,
    has_parental_responsibility varchar(7),
    is_inverse varchar(7),
    delivery_id bigint,
    source_table varchar(60),
    row_number bigint,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_relationship_id, valid_from_generation)
);

create index person_relationship_person_id on published.person_relationship (person_id);
create index person_relationship_related_person_id
on published.person_relationship (related_person_id);

create table published.household (
    household_id bigint not null,
    household_type varchar(20),
    address_text varchar(300),
    postcode varchar(8),
    uprn varchar(12),
    occupant_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (household_id, valid_from_generation)
);

create table published.household_member (
    household_member_id varchar(64) not null,
    household_id bigint,
    person_id bigint,
    started_on date,
    ended_on date,
    is_current varchar(7),
    sources varchar(200),
    source_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (household_member_id, valid_from_generation)
);

create index household_member_household_id on published.household_member (household_id);
create index household_member_person_id on published.household_member (person_id);

create table published.family_member (
    family_member_id varchar(64) not null,
    child_id bigint,
    child_ref varchar(20),
    member_id bigint,
    relation varchar(100),
    relationship_group varchar(30),
    member_order integer,
    bases varchar(300),
    is_household_member varchar(7),
    has_parental_responsibility varchar(7),
    known_from_on date,
    known_to_on date,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (family_member_id, valid_from_generation)
);

create index family_member_child_id on published.family_member (child_id);
create index family_member_child_ref on published.family_member (child_ref);
create index family_member_member_id on published.family_member (member_id);

create table published.family_context (
    child_id bigint not null,
    child_ref varchar(20),
    member_id bigint not null,
    member_order integer,
    relation varchar(100),
    bases varchar(300),
    is_household_member varchar(7),
    has_parental_responsibility varchar(7),
    member_given_name varchar(100),
    member_family_name varchar(255),
    member_date_of_birth date,
    service varchar(40) not null,
    service_label varchar(100),
    involvement_status varchar(20),
    status_reason varchar(60),
    started_on date,
    ended_on date,
    last_interaction_on date,
    provider_name varchar(255),
    contact_name varchar(255),
    contact_role varchar(255),
    contact_phone varchar(40),
    contact_email varchar(255),
    spell_id varchar(64),
    spell_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (child_id, member_id, service, valid_from_generation)
);

create index family_context_child_ref on published.family_context (child_ref);
create index family_context_member_id on published.family_context (member_id);

create table published.service_involvement (
    spell_id varchar(64) not null,
    person_id bigint,
    record_id varchar(64),
    service varchar(40),
    involvement_type varchar(60),
    involvement_status varchar(20),
    started_on date,
    ended_on date,
    last_interaction_on date,
    provider_name varchar(255),
    contact_name varchar(255),
    contact_role varchar(255),
    contact_phone varchar(40),
    contact_email varchar(255),
    feed varchar(40),
    delivery_id bigint,
    source_table varchar(60),
    row_number bigint,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (spell_id, valid_from_generation)
);

create index service_involvement_person_id on published.service_involvement (person_id);

create table published.service_coverage (
    service varchar(40) not null,
    service_label varchar(100),
    service_order integer,
    feed varchar(40),
    is_connected varchar(7),
    data_current_as_of timestamp,
    search_from date,
    search_to date,
    area_covered varchar(200),
    source_label varchar(200),
    is_late varchar(7),
    is_out_of_date varchar(7),
    out_of_date_reason varchar(60),
    minimum_age integer,
    maximum_age integer,
    looked_for varchar(300),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (service, valid_from_generation)
);

-- these fifteen rows change every night, and every read needs the latest fifteen
create index service_coverage_valid_to_generation
on published.service_coverage (valid_to_generation);

create table published.feed_freshness (
    feed varchar(40) not null,
    feed_label varchar(100),
    source_system varchar(100),
    data_current_as_of timestamp,
    received_at timestamp,
    delivery_id bigint,
    last_delivery_id bigint,
    last_delivery_status varchar(20),
    last_delivery_refusal varchar(60),
    row_count bigint,
    quarantined_row_count bigint,
    warn_age_days integer,
    error_age_days integer,
    age_in_days integer,
    freshness_status varchar(20),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (feed, valid_from_generation)
);

create table published.childrens_social_care_detail (
    person_id bigint not null,
    team_name varchar(255),
    worker_name varchar(255),
    latest_referral_on date,
    open_episode_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

create table published.school_detail (
    person_id bigint not null,
    school_name varchar(255),
    school_urn varchar(20),
    admission_type varchar(60),
    year_group varchar(20),
    school_phone varchar(40),
    safeguarding_lead_name varchar(255),
    safeguarding_lead_email varchar(255),
    safeguarding_lead_phone varchar(40),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

create table published.adult_social_care_detail (
    person_id bigint not null,
    organisation_name varchar(255),
    team_name varchar(255),
    worker_name varchar(255),
    referral_started_on date,
    last_case_note_on date,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

create table published.housing_detail (
    person_id bigint not null,
    landlord_name varchar(255),
    tenure varchar(100),
    tenancy_started_on date,
    tenancy_ended_on date,
    housing_officer_name varchar(255),
    housing_officer_phone varchar(40),
    housing_officer_email varchar(255),
    rent_arrears varchar(20),
    notice_seeking_possession varchar(20),
    eviction varchar(20),
    anti_social_behaviour varchar(20),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

create table published.anti_social_behaviour_detail (
    person_id bigint not null,
    lead_agency varchar(255),
    open_case_count integer,
    closed_case_count integer,
    latest_case_on date,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

create table published.police_detail (
    person_id bigint not null,
    force varchar(100),
    has_safeguarding_offence varchar(7),
    offence_1_on date,
    offence_1_category varchar(255),
    offence_1_nature varchar(255),
    offence_2_on date,
    offence_2_category varchar(255),
    offence_2_nature varchar(255),
    offence_3_on date,
    offence_3_category varchar(255),
    offence_3_nature varchar(255),
    has_other_offence varchar(7),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

-- The agreement matrix. Only its open rows are ever applied, also to a reader who looks at an
-- earlier generation: an agreement that was withdrawn protects at once.
create table published.sharing_agreement (
    role varchar(40) not null,
    need_level varchar(3) not null check (need_level in ('s17', 's47')),
    service varchar(40) not null,
    is_shared varchar(3) not null check (is_shared in ('Yes', 'No')),
    reference varchar(100),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (role, need_level, service, valid_from_generation)
);

-- ---------------------------------------------------------------- what is published, read from the catalogue

create view published.mart as
select
    relation.relname::text as mart,
    case relation.relname when 'sharing_agreement' then 'reference' else 'marts' end as built_in,
    array(
        select attribute.attname::text
        from unnest(primary_key.indkey::int2[]) with ordinality as part (number, position)
        inner join pg_attribute as attribute
            on primary_key.indrelid = attribute.attrelid and part.number = attribute.attnum
        where attribute.attname <> 'valid_from_generation'
        order by part.position
    ) as key_columns,
    array(
        select attribute.attname::text
        from pg_attribute as attribute
        where
            attribute.attrelid = relation.oid
            and attribute.attnum > 0
            and not attribute.attisdropped
            and attribute.attname not in ('valid_from_generation', 'valid_to_generation')
        order by attribute.attnum
    ) as mart_columns
from pg_class as relation
inner join pg_index as primary_key
    on relation.oid = primary_key.indrelid and primary_key.indisprimary
where
    relation.relnamespace = 'published'::regnamespace
    and exists (
        select from pg_attribute as attribute
        where attribute.attrelid = relation.oid and attribute.attname = 'valid_from_generation'
    );

-- A system's own word for "no date" must never reach a reader: 1900-01-01 and its like are refused.
do $$
declare
    dated record;
begin
    for dated in
        select
            mart.mart,
            string_agg(
                format('%I between ''1900-01-02'' and ''2100-12-31''', attribute.attname), ' and '
            ) as plausible
        from published.mart as mart
        inner join pg_attribute as attribute
            on attribute.attrelid = format('published.%I', mart.mart)::regclass
        where attribute.atttypid in ('date'::regtype, 'timestamp'::regtype)
        group by mart.mart
    loop
        execute format(
            'alter table published.%I add constraint %I check (%s)',
            dated.mart, dated.mart || '_dates_are_plausible', dated.plausible
        );
    end loop;
end
$$;

-- ---------------------------------------------------------------- what one reader is shown

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

-- ---------------------------------------------------------------- views

-- In every view the generation is worked out once, and conditions on its columns reach the
-- indexes of the published table.

create view family_context.family_context_v1 with (security_barrier = true) as
with shown as materialized (

    select
        generation,
        as_of_date
    from published.generation_shown

),

family_context as (

    select
        *,
        service = any(array(select service_shared.service from published.service_shared))
        or involvement_status in ('not_connected', 'not_in_scope') as is_shared
    from published.family_context
    where
        valid_from_generation <= (select shown.generation from shown)
        and valid_to_generation > (select shown.generation from shown)

),

service_coverage as (

    select * from published.service_coverage
    where
        valid_from_generation <= (select shown.generation from shown)
        and valid_to_generation > (select shown.generation from shown)

)

select
    family_context.child_id,
    family_context.child_ref,
    family_context.member_id,
    family_context.member_order,
    family_context.relation,
    family_context.bases,
    family_context.is_household_member,
    family_context.has_parental_responsibility,
    family_context.member_given_name,
    family_context.member_family_name,
    family_context.member_date_of_birth,
    extract(
        year from age((select shown.as_of_date from shown), family_context.member_date_of_birth)
    )::integer as member_age_in_years,
    family_context.service,
    family_context.service_label,
    case
        when family_context.is_shared then family_context.involvement_status
        else 'not_shared'::varchar(20)
    end as involvement_status,
    case when family_context.is_shared then family_context.status_reason end as status_reason,
    case when family_context.is_shared then family_context.started_on end as started_on,
    case when family_context.is_shared then family_context.ended_on end as ended_on,
    case
        when family_context.is_shared then family_context.last_interaction_on
    end as last_interaction_on,
    case when family_context.is_shared then family_context.provider_name end as provider_name,
    case when family_context.is_shared then family_context.contact_name end as contact_name,
    case when family_context.is_shared then family_context.contact_role end as contact_role,
    case when family_context.is_shared then family_context.contact_phone end as contact_phone,
    case when family_context.is_shared then family_context.contact_email end as contact_email,
    case when family_context.is_shared then family_context.spell_id end as spell_id,
    case when family_context.is_shared then family_context.spell_count end as spell_count,
    service_coverage.data_current_as_of,
    service_coverage.search_from,
    service_coverage.search_to,
    service_coverage.area_covered,
    service_coverage.source_label,
    service_coverage.is_late,
    service_coverage.is_out_of_date,
    (select shown.generation from shown) as generation
from family_context
left join service_coverage on family_context.service = service_coverage.service;

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
                when mart.mart = 'person_source_record'
                    then 'feed = any(array(select feed from published.feed_shared))'
                else 'true'
            end as is_shared,
            (
                select string_agg(format('%I.%I', mart.mart, name), ', ' order by position)
                from unnest(mart.mart_columns) with ordinality as mart_column (name, position)
                where mart.mart not like '%\_detail' or name <> 'person_id'
            ) as shown_columns
        from published.mart as mart
        where mart.mart not in ('family_context', 'sharing_agreement')
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
        when generation.generation = (select shown.generation from published.generation_shown as shown)
            then 'Yes'
        else 'No'
    end::varchar(3) as is_shown
from published.generation;

create view family_context.data_dictionary_v1 with (security_barrier = true) as
select
    relation.relname::varchar(63) as view_name,
    attribute.attnum::integer as column_order,
    attribute.attname::varchar(63) as column_name,
    format_type(attribute.atttypid, attribute.atttypmod)::varchar(60) as data_type,
    col_description(relation.oid, attribute.attnum)::varchar(2000) as description
from pg_class as relation
inner join pg_attribute as attribute
    on relation.oid = attribute.attrelid and attribute.attnum > 0 and not attribute.attisdropped
where relation.relnamespace = 'family_context'::regnamespace and relation.relkind = 'v';

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

-- ---------------------------------------------------------------- pinning a session

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
'Shows this session an earlier generation, whatever is published, until as_of_now() or DISCARD ALL.';

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

-- ---------------------------------------------------------------- publishing

create table ledger.publication (
    publication_id bigint generated always as identity primary key,
    generation integer not null references published.generation,
    action varchar(10) not null check (action in ('publish', 'rollback')),
    run_id bigint,
    published_at timestamptz not null default now(),
    published_by varchar(63) not null default session_user
);

comment on table ledger.publication is 'Every move of the generation pointer.';

create table ledger.publication_change (
    generation integer not null references published.generation,
    mart varchar(63) not null,
    added bigint not null,
    changed bigint not null,
    removed bigint not null,
    primary key (generation, mart)
);

comment on table ledger.publication_change is 'Rows that a generation added, changed and removed.';

-- Finds the rows of a mart that differ from the newest generation, and keeps where they are.
create function published.find_differences(wanted text)
returns table (added bigint, changed bigint, removed bigint)
language plpgsql
as $$
declare
    mart published.mart;
    difference constant text := format('difference_%s', wanted);
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;

    execute format(
        'create temporary table %1$I on commit drop as
        select former.ctid as former, latter.ctid as latter
        from (
            select ctid, * from published.%2$I where valid_to_generation = 2147483647
        ) as former
        full join %3$I.%2$I as latter on %4$s
        where former.ctid is null or latter.ctid is null or (%5$s) is distinct from (%6$s)',
        difference,
        mart.mart,
        mart.built_in,
        (
            select string_agg(format('former.%1$I = latter.%1$I', name), ' and ')
            from unnest(mart.key_columns) as key_column (name)
        ),
        (
            select string_agg(format('former.%I', name), ', ')
            from unnest(mart.mart_columns) as mart_column (name)
        ),
        (
            select string_agg(format('latter.%I', name), ', ')
            from unnest(mart.mart_columns) as mart_column (name)
        )
    );
    execute format('analyze pg_temp.%I', difference);

    return query execute format(
        'select
            count(*) filter (where former is null),
            count(*) filter (where former is not null and latter is not null),
            count(*) filter (where latter is null)
        from pg_temp.%I',
        difference
    );
end
$$;

create function published.write_differences(wanted text, new_generation integer)
returns void
language plpgsql
as $$
declare
    mart published.mart;
    difference constant text := format('difference_%s', wanted);
    column_list text;
    latter_list text;
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;
    select
        string_agg(format('%I', name), ', '),
        string_agg(format('latter.%I', name), ', ')
    into column_list, latter_list
    from unnest(mart.mart_columns) as mart_column (name);

    execute format(
        'update published.%1$I as former set valid_to_generation = $1
        from pg_temp.%2$I as difference where former.ctid = difference.former',
        mart.mart, difference
    ) using new_generation;
    execute format(
        'insert into published.%1$I (%2$s, valid_from_generation)
        select %3$s, $1
        from %4$I.%1$I as latter
        inner join pg_temp.%5$I as difference on latter.ctid = difference.latter',
        mart.mart, column_list, latter_list, mart.built_in, difference
    ) using new_generation;
end
$$;

-- The planner should know what a large publication has brought, as soon as readers see it.
create function published.analyse(wanted text)
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('analyze published.%I', wanted);
end
$$;

-- Makes what the marts hold the generation that readers see. Null: they see it already.
create function published.publish(publishing_run_id bigint, publishing_as_of_date date)
returns integer
language plpgsql
as $$
declare
    newest published.generation;
    shown integer;
    new_generation integer;
    mart_name text;
    found_difference record;
    marts_changed text[] := '{}';
begin
    select * into newest from published.generation order by generation desc limit 1;
    select generation into shown from published.pointer;
    new_generation := coalesce(newest.generation, 0) + 1;

    create temporary table difference on commit drop as
    select mart, 0::bigint as added, 0::bigint as changed, 0::bigint as removed
    from published.mart;

    for mart_name in select mart from published.mart order by mart loop
        select * into found_difference from published.find_differences(mart_name);
        update pg_temp.difference
        set
            added = found_difference.added,
            changed = found_difference.changed,
            removed = found_difference.removed
        where pg_temp.difference.mart = mart_name;
        if found_difference.added + found_difference.changed + found_difference.removed > 0 then
            marts_changed := marts_changed || mart_name;
        end if;
    end loop;

    if marts_changed = '{}' and newest.as_of_date = publishing_as_of_date then
        if shown = newest.generation then
            return null;
        end if;
        -- after a rollback the marts may still say what the newest generation says
        update published.pointer set generation = newest.generation;
        insert into ledger.publication (generation, action, run_id)
        values (newest.generation, 'publish', publishing_run_id);
        return newest.generation;
    end if;

    insert into published.generation (generation, as_of_date, run_id)
    values (new_generation, publishing_as_of_date, publishing_run_id);

    foreach mart_name in array marts_changed loop
        perform published.write_differences(mart_name, new_generation);
        select * into found_difference from pg_temp.difference where mart = mart_name;
        if found_difference.added + found_difference.changed + found_difference.removed > 1000 then
            perform published.analyse(mart_name);
        end if;
    end loop;

    insert into ledger.publication_change (generation, mart, added, changed, removed)
    select new_generation, mart, added, changed, removed from pg_temp.difference;
    insert into ledger.publication (generation, action, run_id)
    values (new_generation, 'publish', publishing_run_id);
    update published.pointer set generation = new_generation;

    return new_generation;
end
$$;

-- Shows readers an earlier generation: the one before what they see now, unless one is named.
create function published.roll_back(wanted integer default null)
returns integer
language plpgsql
as $$
declare
    target integer;
begin
    select max(generation.generation) into target
    from published.generation
    where case
        when wanted is null
            then generation.generation < (select pointer.generation from published.pointer)
        else generation.generation = wanted
    end;
    if target is null then
        raise exception 'there is no such generation to go back to';
    end if;
    update published.pointer set generation = target;
    insert into ledger.publication (generation, action) values (target, 'rollback');
    return target;
end
$$;

-- The marts' descriptions are written once, in dbt, which keeps them in the database. This
-- carries them to the published tables and the views. A column that a view takes from elsewhere
-- is described where it comes from.
create function published.copy_descriptions()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    wanted record;
begin
    for wanted in
        with target as (
            select
                relation.oid,
                case relation.relkind when 'v' then 'view' else 'table' end as kind,
                format('%I.%I', namespace.nspname, relation.relname) as name,
                regexp_replace(relation.relname, '_v[0-9]+$', '') as mart
            from pg_class as relation
            inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
            where
                relation.relkind in ('r', 'v')
                and namespace.nspname in ('published', 'family_context')
        ),

        described as (
            select
                relation.relname::text as mart,
                attribute.attname,
                col_description(relation.oid, attribute.attnum) as description
            from pg_class as relation
            inner join pg_attribute as attribute
                on relation.oid = attribute.attrelid and attribute.attnum > 0
            where
                relation.relnamespace = to_regnamespace('marts')
                and not attribute.attisdropped
        ),

        wanted_description as (
            select
                format('%s %s', target.kind, target.name) as object,
                obj_description(target.oid, 'pg_class') as described_as,
                obj_description(to_regclass(format('marts.%I', target.mart)), 'pg_class')
                    as description
            from target
            union all
            select
                format('column %s.%I', target.name, attribute.attname),
                col_description(target.oid, attribute.attnum),
                (
                    select described.description
                    from described
                    where
                        described.attname = attribute.attname
                        and described.mart in (target.mart, 'service_coverage', 'family_member')
                        and described.description is not null
                    order by array_position(
                        array[target.mart, 'service_coverage', 'family_member'], described.mart
                    )
                    limit 1
                )
            from target
            inner join pg_attribute as attribute
                on target.oid = attribute.attrelid and attribute.attnum > 0
            where not attribute.attisdropped
        )

        select object, description from wanted_description
        where description is not null and description is distinct from described_as
    loop
        execute format('comment on %s is %L', wanted.object, wanted.description);
    end loop;
end
$$;

-- ---------------------------------------------------------------- what the gate asks of each mart

-- Rows whose key is empty, or that share it with an earlier row.
create function published.count_broken_keys(wanted text)
returns bigint
language plpgsql
as $$
declare
    mart published.mart;
    broken bigint;
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;
    execute format(
        'select coalesce(sum(keyed.row_count - case when keyed.is_filled then 1 else 0 end), 0)
        from (
            select count(*) as row_count, num_nulls(%1$s) = 0 as is_filled
            from %2$I.%3$I
            group by %1$s
            having count(*) > 1 or num_nulls(%1$s) > 0
        ) as keyed',
        (select string_agg(format('%I', name), ', ') from unnest(mart.key_columns) as key_column (name)),
        mart.built_in, mart.mart
    ) into broken;
    return broken;
end
$$;

-- Rows that the published table's own checks would refuse, naming the row: so ask first.
create function published.count_implausible_dates(wanted text)
returns bigint
language plpgsql
as $$
declare
    mart published.mart;
    plausible text;
    implausible bigint;
begin
    select * into strict mart from published.mart where published.mart.mart = wanted;
    select pg_get_expr(conbin, conrelid) into plausible
    from pg_constraint
    where
        conrelid = format('published.%I', wanted)::regclass
        and conname = wanted || '_dates_are_plausible';
    if plausible is null then
        return 0;
    end if;
    execute format(
        'select count(*) from %I.%I where not (%s)', mart.built_in, mart.mart, plausible
    ) into implausible;
    return implausible;
end
$$;

-- What protects the published relations, as one line for each: who owns and reaches them, how the
-- views are defined, which columns, constraints and policies there are.
create function published.fingerprint()
returns table (relation text, fingerprint text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        format('%I.%I', namespace.nspname, relation.relname),
        md5(concat_ws(
            e'\n',
            relation.relkind,
            relation.relowner = 'view_owner'::regrole,
            (select rolsuper from pg_roles where pg_roles.oid = relation.relowner and relkind = 'v'),
            relation.reloptions,
            relation.relrowsecurity,
            relation.relforcerowsecurity,
            case when relation.relkind = 'v' then pg_get_viewdef(relation.oid) end,
            (
                select string_agg(
                    concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ', '
                    order by grantee::regrole::text, privilege_type
                )
                from aclexplode(relation.relacl)
                where grantee <> relation.relowner
            ),
            (
                select string_agg(
                    concat_ws(
                        ' ', attname, format_type(atttypid, atttypmod), attnotnull, attacl
                    ), ', ' order by attnum
                )
                from pg_attribute
                where attrelid = relation.oid and attnum > 0 and not attisdropped
            ),
            (
                select string_agg(pg_get_constraintdef(oid), ', ' order by conname)
                from pg_constraint
                where conrelid = relation.oid
            ),
            (
                select string_agg(
                    concat_ws(
                        ' ', polname, polcmd, polpermissive, polroles,
                        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
                    ), ', ' order by polname
                )
                from pg_policy
                where polrelid = relation.oid
            ),
            (
                select string_agg(pg_get_triggerdef(oid), ', ' order by tgname)
                from pg_trigger
                where tgrelid = relation.oid and not tgisinternal
            )
        ))
    from pg_class as relation
    inner join pg_namespace as namespace on relation.relnamespace = namespace.oid
    where
        namespace.nspname in ('published', 'family_context')
        and relation.relkind in ('r', 'v', 'm', 'p', 'f')
        and relation.oid <> to_regclass('published.as_migrated')
    union all
    select
        format('%I.%s', namespace.nspname, routine.oid::regprocedure),
        md5(concat_ws(
            e'\n',
            pg_get_functiondef(routine.oid),
            (
                select string_agg(
                    concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ', '
                    order by grantee::regrole::text
                )
                from aclexplode(routine.proacl)
                where grantee <> routine.proowner
            )
        ))
    from pg_proc as routine
    inner join pg_namespace as namespace on routine.pronamespace = namespace.oid
    where namespace.nspname in ('published', 'family_context')
    union all
    select
        nspname,
        md5((
            select string_agg(
                concat_ws(' ', grantee::regrole, privilege_type, is_grantable), ', '
                order by grantee::regrole::text, privilege_type
            )
            from aclexplode(nspacl)
            where grantee <> nspowner
        ))
    from pg_namespace
    where nspname in ('published', 'family_context')
$$;

-- ---------------------------------------------------------------- who reaches what

do $$
declare
    relation record;
begin
    for relation in
        select
            relname as name,
            replace(relname, '_v1', '') in (
                'family_context', 'service_coverage', 'feed_freshness', 'generation',
                'data_dictionary', 'keys', 'childrens_social_care_detail', 'school_detail',
                'adult_social_care_detail', 'housing_detail', 'anti_social_behaviour_detail',
                'police_detail'
            ) as is_for_workers
        from pg_class
        where relnamespace = 'family_context'::regnamespace and relkind = 'v'
    loop
        execute format('alter view family_context.%I owner to view_owner', relation.name);
        execute format('grant select on family_context.%I to reader_bi', relation.name);
        if relation.is_for_workers then
            execute format('grant select on family_context.%I to reader_worker', relation.name);
        end if;
    end loop;
end
$$;

grant execute on function family_context.as_of(integer), family_context.as_of_now()
to reader_bi, reader_worker;

grant select on all tables in schema published to view_owner;
grant select, insert, update on all tables in schema published to publisher;
grant execute on all functions in schema published to publisher;
-- person ids are inherited from the last publication
grant select on published.person_source_record, published.person_redirect to builder;

revoke insert, update on ledger.publication, ledger.publication_change from landing;
grant insert on ledger.publication, ledger.publication_change to publisher;

-- As the migrations made it. The gate compares: nothing is published to relations that
-- somebody has changed by hand. A later migration that changes any of it ends with the same lines.
create table published.as_migrated (
    relation text primary key,
    fingerprint text not null
);

grant select on published.as_migrated to publisher;

insert into published.as_migrated
select
    fingerprint.relation,
    fingerprint.fingerprint
from published.fingerprint();

-- ---------------------------------------------------------------- what only the views know

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
            'Publications. One row per generation; `as_of(generation)` shows a session an earlier one.'
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
