-- Grain: one row per record, what it holds itself by which it is compared with others.
--
-- Several values of one kind stand in one text, with | between them.

-- read where they stand, and not copied first: there are many of them
with record as not materialized (

    select * from {{ ref('int_person__standardised') }}
    where not is_set_aside

),

sent as not materialized (

    select * from {{ ref('int_person__unioned') }}

),

parameter as (

    select
        ({{ as_of_date() }} - make_interval(years => max(value)))::date as grown_if_born_on
    from {{ ref('matching_parameter') }}
    where
        parameter = 'adult_age'
        and {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

formal_name as (

    select
        upper(nickname) as nickname,
        string_agg(upper(given_name), '|' order by given_name) as given_names
    from {{ ref('nickname') }}
    group by upper(nickname)

),

-- many records share a name or a title: each is read once, and not again for each record that it
-- is joined to. Grouped before they are put together, or nobody could foresee how few they are
sounded as materialized (

    select
        spelt.spelling,
        extensions.dmetaphone(spelt.spelling) as sound,
        resolution.letters(spelt.spelling) as letters
    from (
        select given_name as spelling from record
        group by given_name
        union
        select family_name as spelling from record
        group by family_name
    ) as spelt

),

title as materialized (

    select
        title,
        resolution.spelling(title) as spelling
    from sent
    group by title

),

adult_title as (

    select word from {{ ref('name_word') }}
    where kind = 'title'

),

several as (

    select ' (' || string_agg(word, '|') || ') ' as pattern from {{ ref('name_word') }}
    where kind = 'several'

),

crowded as not materialized (

    select * from {{ ref('int_person__crowded') }}

),

child as (

    select
        record_id,
        string_agg(child_key, '|' order by child_key) as child_keys
    from {{ ref('int_person__accompanied') }}
    group by record_id

),

-- a place where many live is no evidence and is left out
home as (

    select
        located.record_id,
        string_agg(distinct located.home_key, '|' order by located.home_key) as home_keys,
        string_agg(distinct located.dwelling_key, '|' order by located.dwelling_key)
            as dwelling_keys
    from {{ ref('int_person__located') }} as located
    left join crowded on located.home_key = crowded.place_key
    where crowded.place_key is null
    group by located.record_id

),

list as (

    select
        record_id,
        string_agg(list_key, '|' order by list_key) as list_keys
    from {{ ref('int_person__listed') }}
    group by record_id

),

comparable as (

    select
        record.record_id,
        record.record_number,
        record.feed,
        record.given_name,
        replace(record.given_name_words, ' ', '|') as given_words,
        record.given_name || coalesce('|' || formal_name.given_names, '') as given_forms,
        given_sound.sound as given_sound,
        given_sound.letters as given_letters,
        split_part(record.further_name_words, ' ', 1) as further_name,
        replace(record.further_name_words, ' ', '|') as further_words,
        record.generation,
        -- John & Mary are two
        record.has_both_names
        and coalesce(
            not ' ' || upper(replace(sent.given_name, '&', ' & ')) || ' '
            ~ (select several.pattern from several),
            true
        ) as has_both_names,
        title.spelling as title,
        sent.source_table in ('enrolment', 'person') as is_childhood_record,
        record.family_name,
        replace(record.family_name_words, ' ', '|') as family_words,
        family_sound.sound as family_sound,
        family_sound.letters as family_letters,
        replace(record.alias_family_name_words, ' ', '') as alias_family_name,
        record.date_of_birth,
        to_char(record.date_of_birth, 'YYYYMMDD') as birth_digits,
        record.date_of_death,
        case
            when
                record.date_of_birth <= (select parameter.grown_if_born_on from parameter)
                then 'adult'
            when
                record.date_of_birth is not null
                or record.expected_date_of_birth is not null
                or sent.source_table in ('enrolment', 'person')
                then 'child'
            when
                sent.source_table in ('contact', 'liability') or adult_title.word is not null
                then 'adult'
        end as age_class,
        coalesce(
            record.date_of_birth > (select parameter.grown_if_born_on from parameter), false
        ) as child_born,
        record.nhs_number,
        record.upn,
        record.former_upn,
        sent.telephone,
        sent.email,
        home.home_keys,
        home.dwelling_keys,
        case when shared_house.place_key is null then housed.house_number end as house_number,
        housed.street,
        housed.locality,
        child.child_keys,
        list.list_keys,
        housed.units,
        housed.postcodes,
        coalesce(housed.is_address_protected, false) as is_address_protected
    from record
    inner join sent on record.record_id = sent.record_id
    left join sounded as given_sound on record.given_name = given_sound.spelling
    left join sounded as family_sound on record.family_name = family_sound.spelling
    left join formal_name on record.given_name = formal_name.nickname
    left join title on sent.title = title.title
    left join adult_title on title.spelling = adult_title.word
    left join {{ ref('int_person__housed') }} as housed on record.record_id = housed.record_id
    left join crowded as shared_house on housed.street_key = shared_house.place_key
    left join home on record.record_id = home.record_id
    left join child on record.record_id = child.record_id
    left join list on record.record_id = list.record_id

)

select * from comparable
