-- Grain: one row per record that is new, changed or gone since it was last compared.
--
-- Records that share a blocking key are worth comparing. A key is kept as a number, for millions of
-- them are sorted; that two texts give one number is harmless: the pair is compared, and found to
-- differ. A record that has gone has no keys.

-- read where they stand, and not copied first: there are many of them
with profiled as not materialized (

    select * from {{ ref('int_person__profiled') }}

),

compared as not materialized (

    select * from {{ ref('stg_resolution__compared_record') }}

),

record as (

    select
        profiled.*,
        least(profiled.given_name, profiled.family_name)
        || '/' || greatest(profiled.given_name, profiled.family_name) as both_names,
        profiled.given_sound || '/' || profiled.family_sound as both_sounds,
        -- the same for names that change places
        least(left(profiled.given_name, 1), left(profiled.family_name, 1))
        || greatest(left(profiled.given_name, 1), left(profiled.family_name, 1)) as both_initials,
        array(
            select left(given.form, 1)
            from unnest(string_to_array(profiled.given_forms, '|')) as given (form)
            group by left(given.form, 1)
            order by left(given.form, 1)
        ) as given_initials,
        -- the same for a date whose day and month were swapped
        left(profiled.birth_digits, 4)
        || least(substr(profiled.birth_digits, 5, 2), substr(profiled.birth_digits, 7, 2))
        || greatest(substr(profiled.birth_digits, 5, 2), substr(profiled.birth_digits, 7, 2))
            as birth_swapped
    from profiled
    left join compared
        on
            profiled.record_number = compared.record_number
            and profiled.match_hash = compared.match_hash
    where compared.record_number is null

),

keyed as (

    select
        record_number,
        record_id,
        match_hash,
        array_remove(
            array[
                resolution.blocking_key('nhs_number', nhs_number),
                resolution.blocking_key('upn', upn),
                resolution.blocking_key('upn', former_upn),
                resolution.blocking_key('email', email),
                resolution.blocking_key('telephone', telephone || '/' || given_sound),
                resolution.blocking_key('telephone', telephone || '/' || family_sound),
                resolution.blocking_key('telephone', telephone || '/' || both_initials),
                resolution.blocking_key('telephone', telephone || '/' || birth_digits),
                -- of either name, for names may have changed places
                resolution.blocking_key('name_and_birth', given_sound || '/' || birth_swapped),
                resolution.blocking_key(
                    'name_and_birth', nullif(family_sound, given_sound) || '/' || birth_swapped
                ),
                resolution.blocking_key('birth_and_street', birth_digits || '/' || street),
                resolution.blocking_key(
                    'names_and_house', both_sounds || '/' || house_number
                ),
                resolution.blocking_key(
                    'initials_and_house', both_initials || '/' || house_number || '/' || street
                ),
                resolution.blocking_key(
                    'alias_and_birth', alias_family_name || '/' || birth_digits
                ),
                resolution.blocking_key(
                    'names_and_birth_year', both_sounds || '/' || left(birth_digits, 4)
                ),
                resolution.blocking_key(
                    'names_and_birthday', both_names || '/' || right(birth_digits, 4)
                )
            ],
            null
        )
        || array(
            select resolution.blocking_key(blocking.kind, blocking.words || postcode.postcode)
            from unnest(string_to_array(record.postcodes, '|')) as postcode (postcode)
            cross join
                lateral (
                    values
                    ('birth_and_postcode', record.birth_digits || '/'),
                    ('names_and_postcode', record.both_names || '/'),
                    ('given_name_and_postcode', record.given_sound || '/')
                ) as blocking (kind, words)
            where blocking.words is not null
        )
        || array(
            select
                resolution.blocking_key(
                    'initial_and_home', initial.letter || '/' || home.home_key
                )
            from unnest(string_to_array(record.home_keys, '|')) as home (home_key)
            cross join unnest(record.given_initials) as initial (letter)
        )
        || array(
            select
                resolution.blocking_key(
                    'initial_and_child', left(record.given_name, 1) || '/' || child.child_key
                )
            from unnest(string_to_array(record.child_keys, '|')) as child (child_key)
            where record.given_name is not null
        )
        || array(
            select
                resolution.blocking_key(
                    'given_form_and_birth', form.given_name || '/' || record.birth_digits
                )
            from unnest(string_to_array(record.given_forms, '|')) as form (given_name)
            where record.birth_digits is not null and record.given_forms like '%|%'
        )
        || array(
            select
                resolution.blocking_key(
                    'family_word_and_birth', word.word || '/' || record.birth_digits
                )
            from
                unnest(
                    string_to_array(
                        concat_ws('|', record.family_words, record.alias_family_name), '|'
                    )
                ) as word (word)
            where record.birth_digits is not null and length(word.word) > 2
        ) as blocking_keys
    from record
    union all
    select
        compared.record_number,
        compared.record_id,
        null as match_hash,
        '{}' as blocking_keys
    from compared
    left join profiled on compared.record_number = profiled.record_number
    where profiled.record_number is null

)

select * from keyed
