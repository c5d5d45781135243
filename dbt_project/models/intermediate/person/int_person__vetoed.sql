-- Grain: one row per two records of a component that may not be one person.
--
-- Written by `./run linkage sql` from the seeds match_model, match_level and veto. To change it,
-- change them.
-- noqa: disable=all
--
-- Asked of all pairs that links would join, also through others. In a component in which no name,
-- date or number differs there is nothing to ask.

-- read where they stand, and not copied first: there are many of them
with profiled as not materialized (

    select
        connected.component_number,
        profiled.*
    from {{ ref('int_person__connected') }} as connected
    inner join {{ ref('int_person__profiled') }} as profiled
        on connected.record_number = profiled.record_number

),

mixed as (

    select component_number from profiled
    group by component_number
    having
        min(given_name) is distinct from max(given_name)
        or min(family_name) is distinct from max(family_name)
        or min(date_of_birth) is distinct from max(date_of_birth)
        or min(age_class) is distinct from max(age_class)
        or min(nhs_number) is distinct from max(nhs_number)
        or min(upn) is distinct from max(upn)
        or min(units) is distinct from max(units)
        or min(further_words) is distinct from max(further_words)
        or min(generation) is distinct from max(generation)

),

member as (

    select profiled.*
    from profiled
    inner join mixed on profiled.component_number = mixed.component_number

),

pair as (

    select
        left_record.record_number,
        right_record.record_number as other_record_number,
        left_record.component_number,
        left_record.age_class as age_class_l,
        left_record.alias_family_name as alias_family_name_l,
        left_record.birth_digits as birth_digits_l,
        left_record.child_born as child_born_l,
        string_to_array(left_record.child_keys, '|') as child_keys_l,
        left_record.date_of_birth as date_of_birth_l,
        left_record.date_of_death as date_of_death_l,
        string_to_array(left_record.dwelling_keys, '|') as dwelling_keys_l,
        left_record.email as email_l,
        left_record.family_letters as family_letters_l,
        left_record.family_name as family_name_l,
        left_record.family_sound as family_sound_l,
        string_to_array(left_record.family_words, '|') as family_words_l,
        left_record.feed as feed_l,
        left_record.former_upn as former_upn_l,
        left_record.further_name as further_name_l,
        string_to_array(left_record.further_words, '|') as further_words_l,
        left_record.generation as generation_l,
        string_to_array(left_record.given_forms, '|') as given_forms_l,
        left_record.given_letters as given_letters_l,
        left_record.given_name as given_name_l,
        left_record.given_sound as given_sound_l,
        string_to_array(left_record.given_words, '|') as given_words_l,
        left_record.grown_namesakes as grown_namesakes_l,
        left_record.has_both_names as has_both_names_l,
        left_record.has_young_namesake as has_young_namesake_l,
        string_to_array(left_record.home_keys, '|') as home_keys_l,
        left_record.house_number as house_number_l,
        left_record.is_address_protected as is_address_protected_l,
        left_record.is_birth_shared as is_birth_shared_l,
        left_record.is_childhood_record as is_childhood_record_l,
        left_record.is_initial_shared as is_initial_shared_l,
        left_record.is_number_disputed as is_number_disputed_l,
        left_record.is_perhaps_with_parent as is_perhaps_with_parent_l,
        string_to_array(left_record.list_keys, '|') as list_keys_l,
        left_record.locality as locality_l,
        left_record.nhs_number as nhs_number_l,
        string_to_array(left_record.postcodes, '|') as postcodes_l,
        left_record.street as street_l,
        left_record.telephone as telephone_l,
        left_record.tf_date_of_birth as tf_date_of_birth_l,
        left_record.tf_email as tf_email_l,
        left_record.tf_family_name as tf_family_name_l,
        left_record.tf_given_name as tf_given_name_l,
        left_record.tf_locality as tf_locality_l,
        left_record.tf_telephone as tf_telephone_l,
        left_record.title as title_l,
        string_to_array(left_record.units, '|') as units_l,
        left_record.upn as upn_l,
        right_record.age_class as age_class_r,
        right_record.alias_family_name as alias_family_name_r,
        right_record.birth_digits as birth_digits_r,
        right_record.child_born as child_born_r,
        string_to_array(right_record.child_keys, '|') as child_keys_r,
        right_record.date_of_birth as date_of_birth_r,
        right_record.date_of_death as date_of_death_r,
        string_to_array(right_record.dwelling_keys, '|') as dwelling_keys_r,
        right_record.email as email_r,
        right_record.family_letters as family_letters_r,
        right_record.family_name as family_name_r,
        right_record.family_sound as family_sound_r,
        string_to_array(right_record.family_words, '|') as family_words_r,
        right_record.feed as feed_r,
        right_record.former_upn as former_upn_r,
        right_record.further_name as further_name_r,
        string_to_array(right_record.further_words, '|') as further_words_r,
        right_record.generation as generation_r,
        string_to_array(right_record.given_forms, '|') as given_forms_r,
        right_record.given_letters as given_letters_r,
        right_record.given_name as given_name_r,
        right_record.given_sound as given_sound_r,
        string_to_array(right_record.given_words, '|') as given_words_r,
        right_record.grown_namesakes as grown_namesakes_r,
        right_record.has_both_names as has_both_names_r,
        right_record.has_young_namesake as has_young_namesake_r,
        string_to_array(right_record.home_keys, '|') as home_keys_r,
        right_record.house_number as house_number_r,
        right_record.is_address_protected as is_address_protected_r,
        right_record.is_birth_shared as is_birth_shared_r,
        right_record.is_childhood_record as is_childhood_record_r,
        right_record.is_initial_shared as is_initial_shared_r,
        right_record.is_number_disputed as is_number_disputed_r,
        right_record.is_perhaps_with_parent as is_perhaps_with_parent_r,
        string_to_array(right_record.list_keys, '|') as list_keys_r,
        right_record.locality as locality_r,
        right_record.nhs_number as nhs_number_r,
        string_to_array(right_record.postcodes, '|') as postcodes_r,
        right_record.street as street_r,
        right_record.telephone as telephone_r,
        right_record.tf_date_of_birth as tf_date_of_birth_r,
        right_record.tf_email as tf_email_r,
        right_record.tf_family_name as tf_family_name_r,
        right_record.tf_given_name as tf_given_name_r,
        right_record.tf_locality as tf_locality_r,
        right_record.tf_telephone as tf_telephone_r,
        right_record.title as title_r,
        string_to_array(right_record.units, '|') as units_r,
        right_record.upn as upn_r
    from member as left_record
    inner join member as right_record
        on
            left_record.component_number = right_record.component_number
            and left_record.record_number < right_record.record_number

),

levelled as (

    select
        *,
        case
            when given_name_l is null or given_name_r is null
                then 'missing'
            when given_name_l = given_name_r
                then 'same'
            when given_name_l = family_name_r and family_name_l = given_name_r and given_name_l <> family_name_l
                then 'swapped'
            when given_name_l <> family_name_l and given_name_r <> family_name_r and length(given_name_l) > 2 and length(family_name_l) > 2 and length(given_name_r) > 2 and length(family_name_r) > 2 and (given_name_l = family_name_r and (family_name_l = any(given_forms_r) or extensions.levenshtein(family_name_l, given_name_r) <= 2 or starts_with(family_name_l, given_name_r) or starts_with(given_name_r, family_name_l) or family_words_l && given_words_r) or family_name_l = given_name_r and (extensions.levenshtein(given_name_l, family_name_r) <= 2 or starts_with(given_name_l, family_name_r) or starts_with(family_name_r, given_name_l) or family_words_r && given_words_l or family_name_r = any(given_forms_l)))
                then 'nearly_swapped'
            when given_name_l = any(given_forms_r) or given_name_r = any(given_forms_l)
                then 'short_form'
            when given_words_l && given_words_r or given_name_l = any(further_words_r) or given_name_r = any(further_words_l)
                then 'one_of_several'
            when (length(given_name_l) = 1 or length(given_name_r) = 1) and left(given_name_l, 1) = left(given_name_r, 1)
                then 'initial'
            when length(given_name_l) > 1 and length(given_name_r) > 1 and (starts_with(given_name_l, given_name_r) or starts_with(given_name_r, given_name_l))
                then 'start'
            when (least(length(given_name_l), length(given_name_r)) > 2 and greatest(length(given_name_l), length(given_name_r)) > 3 and extensions.levenshtein(given_name_l, given_name_r) = 1) or (length(given_name_l) > 5 and length(given_name_r) > 5 and extensions.levenshtein(given_name_l, given_name_r) = 2) or (given_letters_l = given_letters_r and extensions.levenshtein(given_name_l, given_name_r) = 2)
                then 'slip'
            when given_sound_l = given_sound_r
                then 'sound'
            else 'different'
        end as given_name_level,
        case
            when family_name_l is null or family_name_r is null or (given_name_l = family_name_r and family_name_l = given_name_r and given_name_l <> family_name_l) or (given_name_l <> family_name_l and given_name_r <> family_name_r and length(given_name_l) > 2 and length(family_name_l) > 2 and length(given_name_r) > 2 and length(family_name_r) > 2 and (given_name_l = family_name_r and (family_name_l = any(given_forms_r) or extensions.levenshtein(family_name_l, given_name_r) <= 2 or starts_with(family_name_l, given_name_r) or starts_with(given_name_r, family_name_l) or family_words_l && given_words_r) or family_name_l = given_name_r and (extensions.levenshtein(given_name_l, family_name_r) <= 2 or starts_with(given_name_l, family_name_r) or starts_with(family_name_r, given_name_l) or family_words_r && given_words_l or family_name_r = any(given_forms_l))))
                then 'missing'
            when family_name_l = family_name_r
                then 'same'
            when family_name_l = alias_family_name_r or alias_family_name_l = family_name_r
                then 'former'
            when family_words_l && family_words_r
                then 'part'
            when (least(length(family_name_l), length(family_name_r)) > 2 and greatest(length(family_name_l), length(family_name_r)) > 3 and extensions.levenshtein(family_name_l, family_name_r) = 1) or (length(family_name_l) > 5 and length(family_name_r) > 5 and extensions.levenshtein(family_name_l, family_name_r) = 2) or (family_letters_l = family_letters_r and extensions.levenshtein(family_name_l, family_name_r) = 2)
                then 'slip'
            when family_sound_l = family_sound_r
                then 'sound'
            else 'different'
        end as family_name_level,
        case
            when further_words_l is null or further_words_r is null
                then 'missing'
            when further_words_l && further_words_r and (length(further_name_l) > 1 or length(further_name_r) > 1)
                then 'same'
            when (length(further_name_l) = 1 or length(further_name_r) = 1) and left(further_name_l, 1) = left(further_name_r, 1)
                then 'initial'
            when length(further_name_l) > 4 and length(further_name_r) > 4 and extensions.levenshtein(further_name_l, further_name_r) = 1
                then 'slip'
            else 'different'
        end as middle_name_level,
        case
            when date_of_birth_l is null or date_of_birth_r is null
                then 'missing'
            when date_of_birth_l = date_of_birth_r
                then 'same'
            when left(birth_digits_l, 4) = left(birth_digits_r, 4) and substr(birth_digits_l, 5, 2) = substr(birth_digits_r, 7, 2) and substr(birth_digits_l, 7, 2) = substr(birth_digits_r, 5, 2)
                then 'swapped'
            when left(birth_digits_l, 4) = left(birth_digits_r, 4) and (right(birth_digits_l, 4) in ('0101', 'XXXX') or right(birth_digits_r, 4) in ('0101', 'XXXX'))
                then 'first_of_january'
            when extensions.levenshtein(birth_digits_l, birth_digits_r) = 1
                then 'one_digit'
            when (left(birth_digits_l, 6) = left(birth_digits_r, 6)) or (right(birth_digits_l, 4) = right(birth_digits_r, 4)) or (left(birth_digits_l, 4) = left(birth_digits_r, 4) and right(birth_digits_l, 2) = right(birth_digits_r, 2))
                then 'two_parts'
            else 'different'
        end as date_of_birth_level,
        case
            when (home_keys_l is null or home_keys_r is null) and (postcodes_l is null or postcodes_r is null) and (street_l is null or street_r is null)
                then 'missing'
            when dwelling_keys_l && dwelling_keys_r or home_keys_l && home_keys_r and coalesce((street_l = street_r or least(length(street_l), length(street_r)) > 8 and extensions.levenshtein(street_l, street_r) <= 2 or least(length(street_l), length(street_r)) > 12 and extensions.levenshtein(street_l, street_r) <= 4), true)
                then 'same'
            when home_keys_l && home_keys_r
                then 'house_and_postcode'
            when house_number_l = house_number_r and (street_l = street_r or least(length(street_l), length(street_r)) > 8 and extensions.levenshtein(street_l, street_r) <= 2 or least(length(street_l), length(street_r)) > 12 and extensions.levenshtein(street_l, street_r) <= 4)
                then 'house_and_street'
            when postcodes_l && postcodes_r and coalesce((street_l = street_r or least(length(street_l), length(street_r)) > 8 and extensions.levenshtein(street_l, street_r) <= 2 or least(length(street_l), length(street_r)) > 12 and extensions.levenshtein(street_l, street_r) <= 4), true)
                then 'postcode'
            when postcodes_l && postcodes_r
                then 'postcode_alone'
            when (street_l = street_r or least(length(street_l), length(street_r)) > 8 and extensions.levenshtein(street_l, street_r) <= 2 or least(length(street_l), length(street_r)) > 12 and extensions.levenshtein(street_l, street_r) <= 4)
                then 'street'
            else 'different'
        end as home_level,
        case
            when locality_l is null or locality_r is null or dwelling_keys_l && dwelling_keys_r or home_keys_l && home_keys_r and coalesce((street_l = street_r or least(length(street_l), length(street_r)) > 8 and extensions.levenshtein(street_l, street_r) <= 2 or least(length(street_l), length(street_r)) > 12 and extensions.levenshtein(street_l, street_r) <= 4), true) or postcodes_l && postcodes_r and coalesce((street_l = street_r or least(length(street_l), length(street_r)) > 8 and extensions.levenshtein(street_l, street_r) <= 2 or least(length(street_l), length(street_r)) > 12 and extensions.levenshtein(street_l, street_r) <= 4), true)
                then 'missing'
            when locality_l = locality_r
                then 'same'
            when length(locality_l) > 4 and length(locality_r) > 4 and extensions.levenshtein(locality_l, locality_r) <= 2
                then 'slip'
            else 'different'
        end as locality_level,
        case
            when child_keys_l is null or child_keys_r is null
                then 'missing'
            when child_keys_l && child_keys_r
                then 'same'
            else 'different'
        end as child_level,
        case
            when email_l is null or email_r is null
                then 'missing'
            when email_l = email_r
                then 'same'
            else 'different'
        end as email_level,
        case
            when telephone_l is null or telephone_r is null
                then 'missing'
            when telephone_l = telephone_r
                then 'same'
            else 'different'
        end as telephone_level,
        case
            when nhs_number_l is null or nhs_number_r is null
                then 'missing'
            when nhs_number_l = nhs_number_r
                then 'same'
            else 'different'
        end as nhs_number_level,
        case
            when upn_l is null or upn_r is null
                then 'missing'
            when upn_l = upn_r or upn_l = former_upn_r or former_upn_l = upn_r
                then 'same'
            else 'different'
        end as upn_level
    from pair

),

judged as (

    select
        record_number,
        other_record_number,
        component_number,
        nullif(concat_ws(
            ', ',
            case when nhs_number_level = 'different' then 'nhs_number_conflict' end,
            case when upn_level = 'different' then 'upn_conflict' end,
            case when (date_of_birth_level = 'different' and not ((nhs_number_level = 'same' or upn_level = 'same') and given_name_level in ('same', 'short_form', 'start') and family_name_level in ('same', 'former', 'part', 'slip'))) or (date_of_birth_level = 'two_parts' and not ((nhs_number_level = 'same' or upn_level = 'same') or (given_name_level = 'same' and family_name_level = 'same' and (telephone_level = 'same' or email_level = 'same')))) then 'date_of_birth_conflict' end,
            case when date_of_birth_level in ('swapped', 'first_of_january', 'one_digit', 'two_parts') and given_name_level not in ('same', 'swapped') and not (nhs_number_level = 'same' or upn_level = 'same') then 'near_date_of_birth' end,
            case when given_name_level = 'different' then 'given_name_conflict' end,
            case when middle_name_level = 'different' and not (nhs_number_level = 'same' or upn_level = 'same') then 'middle_name_conflict' end,
            case when generation_l <> generation_r then 'generation_conflict' end,
            case when age_class_l <> age_class_r and date_of_birth_level = 'missing' then 'age_conflict' end,
            case when child_born_l and child_born_r and (is_birth_shared_l or is_birth_shared_r or date_of_birth_level <> 'same' or family_name_level in ('sound', 'different')) and given_name_level not in ('missing', 'same', 'swapped') and not ((nhs_number_level = 'same' or upn_level = 'same') and feed_l <> feed_r and not (is_number_disputed_l or is_number_disputed_r)) and middle_name_level <> 'same' then 'sibling_guard' end,
            case when date_of_birth_level = 'missing' and postcodes_l && postcodes_r and not units_l && units_r and not coalesce(home_keys_l && home_keys_r, false) then 'unit_conflict' end,
            case when date_of_death_l < date_of_birth_r or date_of_death_r < date_of_birth_l then 'born_after_death' end,
            case when list_keys_l && list_keys_r and date_of_birth_level = 'missing' and given_name_level in ('initial', 'sound') and not (nhs_number_level = 'same' or upn_level = 'same') then 'two_on_one_list' end
        ), '') as refusals
    from levelled

),

vetoed as (

    select * from judged
    where refusals is not null

)

select * from vetoed
