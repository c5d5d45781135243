-- What readers reach: tables that keep every generation, and views that show one.
--
-- A row of a published table is valid from one generation until another (exclusive). The rows of
-- the newest generation are open: they end at 2147483647. A publication closes and adds what
-- differs, and moves the pointer. Nothing else ever changes a row.

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

create table published.person_attribute (
    person_id bigint not null,
    attribute varchar(40) not null,  -- noqa: RF04
    stated_value varchar(255) not null,
    feed varchar(40) not null,
    is_best varchar(7),
    is_conflicting varchar(7),
    standing varchar(20),
    stated_on date,
    record_count integer,
    record_id varchar(64),
    delivery_id bigint,
    source_table varchar(60),
    row_number bigint,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, attribute, stated_value, feed, valid_from_generation)
);

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

create table published.person_address (
    person_address_id varchar(64) not null,
    person_id bigint,
    household_id bigint,
    address_text varchar(300),
    postcode varchar(8),
    uprn varchar(12),
    uprn_found_by varchar(30),
    uprn_doubt varchar(30),
    property_kind varchar(40),
    started_on date,
    ended_on date,
    last_known_on date,
    is_current varchar(7),
    is_last_known varchar(7),
    is_disputed varchar(7),
    sources varchar(200),
    source_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_address_id, valid_from_generation)
);

create index person_address_person_id on published.person_address (person_id);
create index person_address_household_id on published.person_address (household_id);

create table published.family_member (
    family_member_id varchar(64) not null,
    child_id bigint,
    child_ref varchar(20),
    member_id bigint,
    relation varchar(100),
    relationship_group varchar(30),
    member_order integer,
    bases varchar(300),
    confidence varchar(10),
    confidence_estimate integer,
    source_count integer,
    other_relations varchar(300),
    correction varchar(20),
    is_contact_restricted varchar(7),
    has_little_history varchar(7),
    known_only_from varchar(200),
    perhaps_member_ids varchar(300),
    perhaps_also varchar(300),
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
    confidence varchar(10),
    other_relations varchar(300),
    correction varchar(20),
    is_contact_restricted varchar(7),
    has_little_history varchar(7),
    known_only_from varchar(200),
    perhaps_also varchar(300),
    is_household_member varchar(7),
    has_parental_responsibility varchar(7),
    member_given_name varchar(100),
    member_family_name varchar(255),
    member_date_of_birth date,
    home_status varchar(10),
    home_address varchar(300),
    home_since_on date,
    home_last_known_on date,
    home_sources varchar(200),
    home_area varchar(10),
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

create table published.skipped_block (
    key_kind varchar(40) not null,
    key_kind_label varchar(100),
    block_count integer,
    largest_block integer,
    record_count integer,
    unsearched_record_count integer,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (key_kind, valid_from_generation)
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
    force varchar(100),  -- noqa: RF04
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
    role varchar(40) not null,  -- noqa: RF04
    need_level varchar(3) not null check (need_level in ('s17', 's47')),
    service varchar(40) not null,
    is_shared varchar(3) not null check (is_shared in ('Yes', 'No')),
    reference varchar(100),
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (role, need_level, service, valid_from_generation)
);

-- Of whom no address and no number is told. Only its open rows are ever applied, also to a reader
-- who looks at an earlier generation: whoever is protected is so at once.
create table published.withheld_person (
    person_id bigint not null,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (person_id, valid_from_generation)
);

-- What is published, as the catalogue has it.
create view published.mart as
select
    relation.relname::text as mart,
    case
        when relation.relname in ('nickname', 'name_word') then 'reference'
        else 'marts'
    end as built_in,
    array(
        select pg_attribute.attname::text
        from unnest(primary_key.indkey::int2[]) with ordinality as part (number, position)
        inner join pg_attribute
            on primary_key.indrelid = pg_attribute.attrelid and part.number = pg_attribute.attnum
        where pg_attribute.attname <> 'valid_from_generation'
        order by part.position
    ) as key_columns,
    array(
        select pg_attribute.attname::text
        from pg_attribute
        where
            pg_attribute.attrelid = relation.oid
            and pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
            and pg_attribute.attname not in ('valid_from_generation', 'valid_to_generation')
        order by pg_attribute.attnum
    ) as mart_columns
from pg_class as relation
inner join pg_index as primary_key
    on relation.oid = primary_key.indrelid and primary_key.indisprimary
where
    relation.relnamespace = 'published'::regnamespace
    and exists (
        select from pg_attribute
        where
            pg_attribute.attrelid = relation.oid
            and pg_attribute.attname = 'valid_from_generation'
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
                format('%I between ''1900-01-02'' and ''2100-12-31''', pg_attribute.attname),
                ' and '
            ) as plausible
        from published.mart as mart
        inner join pg_attribute
            on pg_attribute.attrelid = format('published.%I', mart.mart)::regclass
        where pg_attribute.atttypid in ('date'::regtype, 'timestamp'::regtype)
        group by mart.mart
    loop
        execute format(
            'alter table published.%I add constraint %I check (%s)',
            dated.mart, dated.mart || '_dates_are_plausible', dated.plausible
        );
    end loop;
end
$$;
