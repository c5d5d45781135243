-- Grain: one row per pair of records and veto: a reason why the two are not the same person.
--
-- Asked of every pair compared and of every pair that links would join, also through others. In a
-- component in which nothing differs there is nothing to ask.

with record as (

    select * from {{ ref('int_person__standardised') }}

),

connected as (

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
        record.given_name,
        record.given_name_words,
        other.given_name as other_given_name,
        other.given_name_words as other_given_name_words,
        record.given_name <> other.given_name
        and not coalesce(
            record.given_name = other.family_name and record.family_name = other.given_name, false
        ) as is_given_name_different
    from pair
    inner join record on pair.record_id = record.record_id
    inner join record as other on pair.other_record_id = other.record_id

),

-- Jack and Jake are both short for Jacob and may be twins: only the full name and its own short
-- form are one name
same_given_name as (

    select
        compared.record_id,
        compared.other_record_id
    from compared
    where
        compared.is_given_name_different
        and (
            -- Mary of Mary Ann
            string_to_array(compared.given_name_words, ' ')
            <@ string_to_array(compared.other_given_name_words, ' ')
            or string_to_array(compared.given_name_words, ' ')
            @> string_to_array(compared.other_given_name_words, ' ')
            -- the first letter or half of a name
            or starts_with(compared.given_name, compared.other_given_name)
            or starts_with(compared.other_given_name, compared.given_name)
            -- one slip in a name that is not short
            or (
                least(length(compared.given_name), length(compared.other_given_name)) >= 4
                and extensions.levenshtein_less_equal(
                    compared.given_name, compared.other_given_name, 1
                ) <= 1
            )
            or exists (
                select from nickname
                where
                    nickname.nickname = compared.given_name
                    and nickname.given_name = compared.other_given_name
                    or nickname.nickname = compared.other_given_name
                    and nickname.given_name = compared.given_name
            )
        )

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

)

select * from vetoed
