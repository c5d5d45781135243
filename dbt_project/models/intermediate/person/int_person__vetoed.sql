-- Grain: one row per pair of records and veto: a reason why the two are not the same person.
--
-- Asked of every pair compared and of every pair that links would join, also through others. In a
-- component in which nothing differs there is nothing to ask.

with record as not materialized (

    select * from {{ ref('int_person__standardised') }}

),

connected as not materialized (

    select * from {{ ref('int_person__connected') }}

),

nickname as (

    select
        upper(nickname) as nickname,
        upper(given_name) as given_name
    from {{ ref('nickname') }}

),

mixed as (

    select connected.component_id
    from connected
    inner join record on connected.record_id = record.record_id
    group by connected.component_id
    having
        min(record.nhs_number) <> max(record.nhs_number)
        or min(record.upn) <> max(record.upn)
        or min(record.given_name) <> max(record.given_name)
        or min(record.further_name_words) <> max(record.further_name_words)
        or min(record.generation) <> max(record.generation)

),

member as (

    select
        connected.component_id,
        connected.record_id
    from connected
    inner join mixed on connected.component_id = mixed.component_id

),

pair as (

    select
        record_id,
        other_record_id
    from {{ ref('int_person__scored') }}
    union
    select
        member.record_id,
        other.record_id as other_record_id
    from member
    inner join member as other
        on member.component_id = other.component_id and member.record_id < other.record_id

),

compared as (

    select
        pair.record_id,
        pair.other_record_id,
        record.nhs_number <> other.nhs_number as is_nhs_number_conflict,
        record.upn <> other.upn
        and record.upn <> coalesce(other.former_upn, '')
        and other.upn <> coalesce(record.former_upn, '') as is_upn_conflict,
        record.date_of_birth <> other.date_of_birth as is_date_of_birth_conflict,
        record.generation <> other.generation as is_generation_conflict,
        record.nhs_number = other.nhs_number or record.upn = other.upn as is_number_equal,
        record.feed <> other.feed as is_feed_different,
        record.given_name,
        string_to_array(record.given_name_words, ' ') as given_words,
        string_to_array(record.further_name_words, ' ') as further_words,
        other.given_name as other_given_name,
        string_to_array(other.given_name_words, ' ') as other_given_words,
        string_to_array(other.further_name_words, ' ') as other_further_words,
        record.given_name <> other.given_name
        and not coalesce(
            record.given_name = other.family_name and record.family_name = other.given_name, false
        ) as is_given_name_different,
        coalesce(record.nhs_number, other.nhs_number) as nhs_number,
        coalesce(record.upn, other.upn) as upn
    from pair
    inner join record on pair.record_id = record.record_id
    inner join record as other on pair.other_record_id = other.record_id

),

-- Jack and Jake are both short for Jacob and may be twins: only the full name and its own short
-- form are one name
short_form as (

    select
        record_id,
        other_record_id
    from compared
    where
        is_given_name_different
        and (
            -- Mary of Mary Ann
            given_words <@ other_given_words
            or given_words @> other_given_words
            -- Peggy of Margaret
            or (given_name, other_given_name) in (
                select
                    nickname.nickname,
                    nickname.given_name
                from nickname
            )
            or (other_given_name, given_name) in (
                select
                    nickname.nickname,
                    nickname.given_name
                from nickname
            )
        )

),

-- a letter apart, or half of the name, with one number in two feeds: a slip, unless there is a twin
slip as (

    select *
    from compared
    where
        is_given_name_different
        and is_number_equal
        and is_feed_different
        and (
            starts_with(given_name, other_given_name)
            or starts_with(other_given_name, given_name)
            or (
                least(length(given_name), length(other_given_name)) >= 4
                and extensions.levenshtein_less_equal(given_name, other_given_name, 1) <= 1
            )
        )

),

namesake as (

    select
        record_id,
        other_record_id as namesake_id
    from {{ ref('int_person__scored') }}
    where is_date_of_birth_equal and is_given_name_equal and is_family_name_equal
    union all
    select
        other_record_id as record_id,
        record_id as namesake_id
    from {{ ref('int_person__scored') }}
    where is_date_of_birth_equal and is_given_name_equal and is_family_name_equal

),

slip_end as (

    select
        record_id,
        other_record_id,
        nhs_number,
        upn,
        record_id as end_record_id
    from slip
    union all
    select
        record_id,
        other_record_id,
        nhs_number,
        upn,
        other_record_id as end_record_id
    from slip

),

-- somebody of one of the two names and of their birth date holds another number
twin as (

    select
        slip_end.record_id,
        slip_end.other_record_id
    from slip_end
    inner join namesake on slip_end.end_record_id = namesake.record_id
    inner join record on namesake.namesake_id = record.record_id
    where record.nhs_number <> slip_end.nhs_number or record.upn <> slip_end.upn
    group by slip_end.record_id, slip_end.other_record_id

),

same_given_name as (

    select
        record_id,
        other_record_id
    from short_form
    union
    select
        slip.record_id,
        slip.other_record_id
    from slip
    left join twin
        on slip.record_id = twin.record_id and slip.other_record_id = twin.other_record_id
    where twin.record_id is null

),

vetoed as (

    select
        record_id,
        other_record_id,
        'nhs_number_conflict' as veto
    from compared
    where is_nhs_number_conflict
    union all
    select
        record_id,
        other_record_id,
        'upn_conflict' as veto
    from compared
    where is_upn_conflict
    union all
    select
        record_id,
        other_record_id,
        'date_of_birth_conflict' as veto
    from compared
    where is_date_of_birth_conflict
    union all
    select
        compared.record_id,
        compared.other_record_id,
        'given_name_conflict' as veto
    from compared
    left join same_given_name
        on
            compared.record_id = same_given_name.record_id
            and compared.other_record_id = same_given_name.other_record_id
    where compared.is_given_name_different and same_given_name.record_id is null
    union all
    select
        record_id,
        other_record_id,
        'middle_name_conflict' as veto
    from compared
    where
        not coalesce(is_number_equal, false)
        and not further_words && other_further_words
        -- an initial that may stand for the other's name
        and not (
            cardinality(further_words) = 1
            and cardinality(other_further_words) = 1
            and least(length(further_words[1]), length(other_further_words[1])) = 1
            and left(further_words[1], 1) = left(other_further_words[1], 1)
        )
    union all
    select
        record_id,
        other_record_id,
        'generation_conflict' as veto
    from compared
    where is_generation_conflict

)

select * from vetoed
