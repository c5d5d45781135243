-- Grain: one row per record, what it states made comparable.
--
-- Null says that nothing can be compared: a placeholder in the place of a name, a day that
-- systems write for no birth date, a number that this council may not use for matching.

with record as (

    select * from {{ ref('int_person__unioned') }}

),

sentinel_date as (

    select * from {{ ref('sentinel_date') }}

),

name_word as (

    select
        '\m(' || string_agg(word, '|') filter (where kind = 'set_aside') || ')\M' as set_aside,
        '\m(' || string_agg(word, '|') filter (where kind in ('placeholder', 'unknown')) || ')\M'
            as nobody,
        '^(' || string_agg(word, '|') filter (where kind = 'unknown') || ')$' as nobody_at_all,
        '^((' || string_agg(word, '|') filter (where kind in ('title', 'title_of_any_age'))
        || ') )+' as title,
        '( ('
        || string_agg(word, '|') filter (where kind in ('suffix', 'junior', 'senior'))
        || '))+$' as suffix,
        ' (' || string_agg(word, '|') filter (where kind = 'junior') || ')\M' as junior,
        ' (' || string_agg(word, '|') filter (where kind = 'senior') || ')\M' as senior,
        '^((' || string_agg(word, '|') filter (where kind = 'particle') || ') )+' as particle
    from {{ ref('name_word') }}

),

permitted as (

    select
        coalesce(bool_or(identifier = 'nhs_number'), false) as is_nhs_number_permitted,
        coalesce(bool_or(identifier = 'upn'), false) as is_upn_permitted
    from {{ ref('identifier_use') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

council as (

    select is_synthetic = 'Yes' as is_synthetic from {{ ref('council') }}

),

parameter as (

    select
        max(value) filter (where parameter = 'oldest_age') as oldest_age,
        max(value) filter (where parameter = 'unborn_expected_within') as unborn_expected_within
    from {{ ref('matching_parameter') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

-- many records share a name, and reading one takes long: each is read once, and not again for
-- each record that it is joined to
given_name as materialized (

    select
        spelt.given_name,
        spelt.spelling ~ name_word.nobody as is_placeholder,
        spelt.spelling ~ name_word.set_aside as is_set_aside,
        -- the space lets a title be all there is
        nullif(btrim(regexp_replace(spelt.spelling || ' ', name_word.title, '')), '') as words
    from (
        select
            given_name,
            resolution.spelling(given_name) as spelling
        from record
        group by given_name
    ) as spelt
    cross join name_word

),

family_name as (

    select
        spelt.family_name,
        spelt.spelling ~ name_word.nobody_at_all as is_placeholder,
        spelt.spelling ~ name_word.set_aside as is_set_aside,
        case
            when spelt.spelling ~ name_word.junior then 'junior'
            when spelt.spelling ~ name_word.senior then 'senior'
        end as generation,
        regexp_replace(
            regexp_replace(spelt.spelling, name_word.suffix, ''), name_word.particle, ''
        ) as words
    from (
        select
            family_name,
            resolution.spelling(family_name) as spelling
        from (
            select family_name from record
            union
            select alias_family_name as family_name from record
        ) as stated
    ) as spelt
    cross join name_word

),

judged as (

    select
        record.*,
        coalesce(given_name.is_set_aside, false) or coalesce(family_name.is_set_aside, false)
            as is_set_aside,
        coalesce(given_name.is_placeholder, false) as is_given_placeholder,
        coalesce(family_name.is_placeholder, false) as is_family_placeholder,
        given_name.words as given_words,
        family_name.words as family_words,
        family_name.generation,
        alias_family_name.words as alias_words
    from record
    left join given_name on record.given_name = given_name.given_name
    left join family_name on record.family_name = family_name.family_name
    left join family_name as alias_family_name
        on record.alias_family_name = alias_family_name.family_name

),

dated as (

    select
        judged.*,
        case
            when
                judged.date_of_birth <= {{ as_of_date() }}
                and judged.date_of_birth
                >= {{ as_of_date() }} - make_interval(years => parameter.oldest_age + 1)
                and sentinel_date.sentinel_date is null
                then judged.date_of_birth
        end as birth_date,
        -- a birth that is still to come is an expected one
        coalesce(
            parse.believable_day(judged.expected_date_of_birth),
            case
                when
                    judged.date_of_birth > {{ as_of_date() }}
                    and judged.date_of_birth
                    <= {{ as_of_date() }}
                    + make_interval(months => parameter.unborn_expected_within)
                    then judged.date_of_birth
            end
        ) as expected_birth_date
    from judged
    cross join parameter
    left join sentinel_date on judged.date_of_birth = sentinel_date.sentinel_date

),

standardised as (

    select
        -- keys
        dated.record_id,
        resolution.record_number(dated.record_id) as record_number,
        dated.feed,

        -- who
        case when not dated.is_given_placeholder then replace(dated.given_words, ' ', '') end
            as given_name,
        case when not dated.is_given_placeholder then dated.given_words end as given_name_words,
        case when not dated.is_family_placeholder then replace(dated.family_words, ' ', '') end
            as family_name,
        case when not dated.is_family_placeholder then dated.family_words end
            as family_name_words,
        dated.alias_words as alias_family_name_words,
        case
            when not dated.is_given_placeholder
                then
                    nullif(
                        regexp_replace(
                            concat_ws(
                                ' ', dated.given_words, resolution.spelling(dated.middle_names)
                            ),
                            '^\S+ ?', ''
                        ),
                        ''
                    )
        end as further_name_words,
        dated.generation,
        -- a letter is no name, and one name in both places says only one
        not dated.is_given_placeholder
        and not dated.is_family_placeholder
        and coalesce(
            length(dated.given_words) > 1 and dated.given_words <> dated.family_words, false
        ) as has_both_names,
        dated.is_given_placeholder or dated.is_family_placeholder as is_name_placeholder,
        dated.is_set_aside,
        dated.birth_date as date_of_birth,
        -- 1 January is written for a birth of which only the year is known
        coalesce(to_char(dated.birth_date, 'MMDD') = '0101', false) as is_only_year_of_birth_known,
        case
            when dated.birth_date is null then dated.expected_birth_date
        end as expected_date_of_birth,
        case
            when
                dated.date_of_death <= {{ as_of_date() }}
                and dated.date_of_death >= coalesce(dated.birth_date, dated.date_of_death)
                then parse.believable_day(dated.date_of_death)
        end as date_of_death,
        case
            when
                permitted.is_nhs_number_permitted
                and (council.is_synthetic or dated.nhs_number not like '9%')
                then dated.nhs_number
        end as nhs_number,
        case when permitted.is_upn_permitted then dated.upn end as upn,
        case when permitted.is_upn_permitted then dated.former_upn end as former_upn
    from dated
    cross join permitted
    cross join council

)

select * from standardised
