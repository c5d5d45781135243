-- What a search reads: the records as they are compared, found by keys.

-- Words and sounds by which a record is found. The search asks with the same function.
create function resolution.search_keys(
    given_words text, family_words text, birth_digits text, postcodes text, home_keys text,
    numbers text[]
)
returns table (key_kind text, search_key bigint)
language sql stable parallel safe
as $$
    with given as (
        select distinct extensions.dmetaphone(word) as sound
        from unnest(string_to_array(given_words, '|')) as each (word)
        where length(word) > 1
    ),

    family as (
        select distinct extensions.dmetaphone(word) as sound
        from unnest(string_to_array(family_words, '|')) as each (word)
        where length(word) > 1
    ),

    name as (
        select sound from given
        union
        select sound from family
    ),

    key as (
        -- in either order
        select
            'names' as key_kind,
            least(given.sound, family.sound) || '/' || greatest(given.sound, family.sound) as words
        from given
        cross join family
        union all
        select 'name_and_year', sound || '/' || left(birth_digits, 4) from name
        union all
        select 'name_and_postcode', sound || '/' || postcode
        from name
        cross join unnest(string_to_array(postcodes, '|')) as postcode
        union all
        select 'number', number from unnest(numbers) as number
        union all
        select 'home', home from unnest(string_to_array(home_keys, '|')) as home
        union all
        select 'birth', birth_digits
        union all
        select 'postcode', postcode from unnest(string_to_array(postcodes, '|')) as postcode
        union all
        select 'name', sound from name
    )

    select distinct key_kind, hashtextextended(key_kind || '/' || words, 0)
    from key
    where words is not null
$$;

comment on function resolution.search_keys(text, text, text, text, text, text[]) is
'The keys by which a record is found, with their kinds: several words or places stand in one text '
'with | between them. A key is kept as a number; that two texts give one number does no harm.';

create table published.search_record (
    record_id varchar(64) not null,
    feed varchar(40),
    given_name varchar(255),
    given_words varchar(300),
    given_forms varchar(1000),
    given_sound varchar(20),
    given_letters varchar(255),
    further_name varchar(255),
    further_words varchar(300),
    family_name varchar(255),
    family_words varchar(300),
    family_sound varchar(20),
    family_letters varchar(255),
    alias_family_name varchar(255),
    date_of_birth date,
    birth_digits varchar(8),
    nhs_number varchar(10),
    upn varchar(13),
    former_upn varchar(13),
    telephone varchar(40),
    email varchar(255),
    home_keys varchar(1000),
    dwelling_keys varchar(1000),
    postcodes varchar(300),
    house_number varchar(20),
    street varchar(255),
    locality varchar(255),
    tf_given_name double precision,
    tf_family_name double precision,
    tf_date_of_birth double precision,
    tf_locality double precision,
    tf_telephone double precision,
    tf_email double precision,
    spelling varchar(600),
    search_keys bigint[],
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (record_id, valid_from_generation)
);

create index search_record_search_keys on published.search_record using gin (search_keys);
-- whether the council uses a number at all
create index search_record_nhs_number on published.search_record (valid_to_generation)
where nhs_number is not null;
create index search_record_upn on published.search_record (valid_to_generation)
where upn is not null;
-- for a name that no key finds
create index search_record_spelling
on published.search_record using gin (spelling extensions.gin_trgm_ops);

comment on table published.search_record is
'One row per record, as it is compared with another. Only the search reads it.';

-- The words that the search reads names with: the seeds, as of the generation.
create table published.nickname (
    nickname varchar(100) not null,
    given_name varchar(100) not null,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (nickname, given_name, valid_from_generation)
);

create table published.name_word (
    kind varchar(20) not null,
    word varchar(40) not null,
    valid_from_generation integer not null,
    valid_to_generation integer not null default 2147483647,
    primary key (kind, word, valid_from_generation)
);
