-- Grain: one row per record and blocking key: records that share one are worth comparing.
--
-- A key is kept as a number, for millions of them are sorted. That two texts give one number is
-- harmless: the pair is compared, and found to differ.

with record as (

    select
        *,
        least(given_name, family_name) || '/' || greatest(given_name, family_name) as both_names,
        given_sound || '/' || family_sound as both_sounds,
        -- the same for names that change places
        least(left(given_name, 1), left(family_name, 1))
        || greatest(left(given_name, 1), left(family_name, 1)) as both_initials,
        -- the same for a date whose day and month were swapped
        left(birth_digits, 4)
        || least(substr(birth_digits, 5, 2), substr(birth_digits, 7, 2))
        || greatest(substr(birth_digits, 5, 2), substr(birth_digits, 7, 2)) as birth_swapped
    from {{ ref('int_person__profiled') }}

),

single as (

    select
        record.record_number,
        blocking.key_type,
        blocking.key_text
    from record
    cross join
        lateral (
            values
            ('nhs_number', record.nhs_number),
            ('upn', record.upn),
            ('upn', record.former_upn),
            ('email', record.email),
            ('telephone', record.telephone || '/' || record.given_sound),
            ('telephone', record.telephone || '/' || record.family_sound),
            ('telephone', record.telephone || '/' || record.both_initials),
            ('telephone', record.telephone || '/' || record.birth_digits),
            ('given_name_and_birth', record.given_sound || '/' || record.birth_swapped),
            ('family_name_and_birth', record.family_sound || '/' || record.birth_swapped),
            ('alias_and_birth', record.alias_family_name || '/' || record.birth_digits),
            ('names_and_birth_year', record.both_sounds || '/' || left(record.birth_digits, 4)),
            ('names_and_birthday', record.both_names || '/' || right(record.birth_digits, 4))
        ) as blocking (key_type, key_text)
    where blocking.key_text is not null

),

repeated as (

    select
        record.record_number,
        'birth_and_postcode' as key_type,
        record.birth_digits || '/' || postcode.postcode as key_text
    from record
    cross join lateral unnest(string_to_array(record.postcodes, '|')) as postcode (postcode)
    where record.birth_digits is not null
    union all
    select
        record.record_number,
        'names_and_postcode' as key_type,
        record.both_names || '/' || postcode.postcode as key_text
    from record
    cross join lateral unnest(string_to_array(record.postcodes, '|')) as postcode (postcode)
    where record.both_names is not null
    union all
    select
        record.record_number,
        'sounds_and_postcode' as key_type,
        record.both_sounds || '/' || postcode.postcode as key_text
    from record
    cross join lateral unnest(string_to_array(record.postcodes, '|')) as postcode (postcode)
    where record.both_sounds is not null
    union all
    select
        record.record_number,
        'initial_and_home' as key_type,
        left(record.given_name, 1) || '/' || home.home_key as key_text
    from record
    cross join lateral unnest(string_to_array(record.home_keys, '|')) as home (home_key)
    where record.given_name is not null
    union all
    select
        record.record_number,
        'initial_and_child' as key_type,
        left(record.given_name, 1) || '/' || child.child_key as key_text
    from record
    cross join lateral unnest(string_to_array(record.child_keys, '|')) as child (child_key)
    where record.given_name is not null
    union all
    select
        record.record_number,
        'given_form_and_birth' as key_type,
        form.given_name || '/' || record.birth_digits as key_text
    from record
    cross join lateral unnest(string_to_array(record.given_forms, '|')) as form (given_name)
    where record.birth_digits is not null and record.given_forms like '%|%'
    union all
    select
        record.record_number,
        'family_word_and_birth' as key_type,
        word.word || '/' || record.birth_digits as key_text
    from record
    cross join
        lateral unnest(
            string_to_array(concat_ws('|', record.family_words, record.alias_family_name), '|')
        ) as word (word)
    where record.birth_digits is not null and length(word.word) > 2

),

keyed as (

    select
        record_number,
        key_type,
        hashtextextended(key_type || key_text, 0) as blocking_key
    from single
    union all
    select
        record_number,
        key_type,
        hashtextextended(key_type || key_text, 0) as blocking_key
    from repeated

)

select * from keyed
