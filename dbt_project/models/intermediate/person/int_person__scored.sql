-- Grain: one row per pair of records compared, and what agrees between them.
--
-- match_rule is the strongest rule in force that holds. Each needs a real birth date and more than
-- one other thing that agrees; whether a veto speaks against the pair is asked later.

with pair as (

    select * from {{ ref('int_person__paired') }}

),

record as not materialized (

    select * from {{ ref('int_person__standardised') }}

),

match_rule as (

    select * from {{ ref('match_rule') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

home as not materialized (

    select * from {{ ref('int_person__located') }}

),

sharing_home as (

    select
        pair.record_id,
        pair.other_record_id
    from pair
    inner join home on pair.record_id = home.record_id
    inner join home as other_home
        on pair.other_record_id = other_home.record_id and home.home_key = other_home.home_key
    group by pair.record_id, pair.other_record_id

),

compared as (

    select
        pair.record_id,
        pair.other_record_id,
        coalesce(record.date_of_birth = other.date_of_birth, false) as is_date_of_birth_equal,
        coalesce(record.nhs_number = other.nhs_number, false) as is_nhs_number_equal,
        coalesce(
            record.upn in (other.upn, other.former_upn)
            or record.former_upn in (other.upn, other.former_upn),
            false
        ) as is_upn_equal,
        coalesce(record.given_name = other.given_name, false) as is_given_name_equal,
        coalesce(record.family_name = other.family_name, false) as is_family_name_equal,
        -- half of a double surname, or a former one
        coalesce(
            string_to_array(
                concat_ws(' ', record.family_name_words, record.alias_family_name_words), ' '
            )
            && string_to_array(
                concat_ws(' ', other.family_name_words, other.alias_family_name_words), ' '
            ),
            false
        ) as is_family_name_shared,
        coalesce(
            record.given_name = other.family_name and record.family_name = other.given_name, false
        ) as is_name_swapped,
        -- one letter, as of a slip or of a wife's form of the name
        coalesce(
            least(length(record.family_name), length(other.family_name)) >= 4
            and extensions.levenshtein_less_equal(record.family_name, other.family_name, 1) <= 1,
            false
        ) as is_family_name_near,
        record.has_both_names and other.has_both_names as has_both_names,
        sharing_home.record_id is not null as is_home_shared,
        record.is_only_year_of_birth_known
    from pair
    inner join record on pair.record_id = record.record_id
    inner join record as other on pair.other_record_id = other.record_id
    left join sharing_home
        on
            pair.record_id = sharing_home.record_id
            and pair.other_record_id = sharing_home.other_record_id

),

holding as (

    select
        record_id,
        other_record_id,
        'nhs_number' as match_rule
    from compared
    where
        is_nhs_number_equal
        and is_date_of_birth_equal
        and (is_given_name_equal or is_family_name_shared or is_name_swapped)
    union all
    select
        record_id,
        other_record_id,
        'upn' as match_rule
    from compared
    where
        is_upn_equal
        and is_date_of_birth_equal
        and (is_given_name_equal or is_family_name_shared or is_name_swapped)
    union all
    select
        record_id,
        other_record_id,
        'name_and_home' as match_rule
    from compared
    where
        is_home_shared
        and is_date_of_birth_equal
        and not is_only_year_of_birth_known
        and has_both_names
        and (is_given_name_equal and is_family_name_equal or is_name_swapped)
    union all
    select
        record_id,
        other_record_id,
        'similar_name_and_home' as match_rule
    from compared
    where
        is_home_shared
        and is_date_of_birth_equal
        and has_both_names
        and is_given_name_equal
        and (is_family_name_shared or is_family_name_near)
        and not is_only_year_of_birth_known

),

strongest as (

    select distinct on (holding.record_id, holding.other_record_id)
        holding.record_id,
        holding.other_record_id,
        holding.match_rule,
        match_rule.strength
    from holding
    inner join match_rule on holding.match_rule = match_rule.match_rule
    order by
        holding.record_id asc,
        holding.other_record_id asc,
        match_rule.strength desc,
        holding.match_rule asc

),

scored as (

    select
        compared.*,
        strongest.match_rule,
        -- of two links by one rule the one with more that agrees is the stronger
        strongest.strength * 10
        + compared.is_nhs_number_equal::integer
        + compared.is_upn_equal::integer
        + (compared.is_given_name_equal or compared.is_name_swapped)::integer
        + (compared.is_family_name_equal or compared.is_name_swapped)::integer
        + compared.is_home_shared::integer as strength
    from compared
    left join strongest
        on
            compared.record_id = strongest.record_id
            and compared.other_record_id = strongest.other_record_id

)

select * from scored
