-- Grain: one row per two records compared whose evidence weighs enough to be kept.
--
-- Written by `./run linkage sql` from the seeds match_model, match_level and veto. To change it,
-- change them.
-- noqa: disable=all
--
-- The weight is the sum of the bits of each comparison and of the prior: it can be worked out again
-- from the row alone. Refusals keep the two apart; with cautions only a person may join them; with
-- reservations the link is never more than probable. Kept from night to night; only the pairs of
-- int_person__paired are weighed.

with pair as (

    select
        paired.record_number,
        paired.other_record_number,
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
    from {{ ref('int_person__paired') }} as paired
    inner join {{ ref('int_person__profiled') }} as left_record
        on paired.record_number = left_record.record_number
    inner join {{ ref('int_person__profiled') }} as right_record
        on paired.other_record_number = right_record.record_number
    -- else what follows would work this out again for each of its uses; offset 0 would do the same,
    -- and keep the plan from being parallel
    limit all

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
    -- else what follows would work this out again for each of its uses; offset 0 would do the same,
    -- and keep the plan from being parallel
    limit all

),

weighed as (

    select
        *,
        case given_name_level
            when 'same' then ln(0.841512 / greatest(tf_given_name_l, tf_given_name_r, 0.0000100000)) / ln(2.0)
            when 'swapped' then 13.259449
            when 'nearly_swapped' then 11.060291
            when 'short_form' then 5.908593
            when 'one_of_several' then 0.369738
            when 'initial' then 3.906892
            when 'start' then 7.666539
            when 'slip' then 5.350988
            when 'sound' then 1.036374
            when 'different' then -5.630542
            else 0
        end as given_name_weight,
        case family_name_level
            when 'same' then ln(0.871587 / greatest(tf_family_name_l, tf_family_name_r, 0.0000100000)) / ln(2.0)
            when 'former' then 4.31058
            when 'part' then 7.607532
            when 'slip' then 4.17567
            when 'sound' then 1.13754
            when 'different' then -3.835464
            else 0
        end as family_name_weight,
        case middle_name_level
            when 'same' then 9.223387
            when 'initial' then 0.0
            when 'slip' then 3.996809
            when 'different' then -5.641209
            else 0
        end as middle_name_weight,
        case date_of_birth_level
            when 'same' then ln(0.957891 / greatest(tf_date_of_birth_l, tf_date_of_birth_r, 0.0000100000)) / ln(2.0)
            when 'swapped' then 8.107929
            when 'first_of_january' then 1.323256
            when 'one_digit' then 3.785163
            when 'two_parts' then 1.179092
            when 'different' then -5.636975
            else 0
        end as date_of_birth_weight,
        case home_level
            when 'same' then 16.385371
            when 'house_and_postcode' then 13.439715
            when 'house_and_street' then 6.510372
            when 'postcode' then 5.772738
            when 'postcode_alone' then 4.567404
            when 'street' then -0.855293
            when 'different' then -2.750585
            else 0
        end as home_weight,
        case locality_level
            when 'same' then ln(0.552369 / greatest(tf_locality_l, tf_locality_r, 0.0000100000)) / ln(2.0)
            when 'slip' then 3.321928
            when 'different' then -0.959279
            else 0
        end as locality_weight,
        case child_level
            when 'same' then 15.584997
            when 'different' then -1.362968
            else 0
        end as child_weight,
        case email_level
            when 'same' then ln(0.998987 / greatest(tf_email_l, tf_email_r, 0.0000100000)) / ln(2.0)
            when 'different' then -5.643817
            else 0
        end as email_weight,
        case telephone_level
            when 'same' then ln(0.986656 / greatest(tf_telephone_l, tf_telephone_r, 0.0000100000)) / ln(2.0)
            when 'different' then -5.576075
            else 0
        end as telephone_weight,
        case nhs_number_level
            when 'same' then 18.28471
            when 'different' then -4.286217
            else 0
        end as nhs_number_weight,
        case upn_level
            when 'same' then 16.733956
            when 'different' then -4.316249
            else 0
        end as upn_weight
    from levelled

),

totalled as (

    select
        *,
        -17.995809
        + given_name_weight
        + family_name_weight
        + middle_name_weight
        + date_of_birth_weight
        + home_weight
        + locality_weight
        + child_weight
        + email_weight
        + telephone_weight
        + nhs_number_weight
        + upn_weight as match_weight
    from weighed

),

scored as (

    select
        record_number,
        other_record_number,
        given_name_level,
        family_name_level,
        middle_name_level,
        date_of_birth_level,
        home_level,
        locality_level,
        child_level,
        email_level,
        telephone_level,
        nhs_number_level,
        upn_level,
        given_name_weight,
        family_name_weight,
        middle_name_weight,
        date_of_birth_weight,
        home_weight,
        locality_weight,
        child_weight,
        email_weight,
        telephone_weight,
        nhs_number_weight,
        upn_weight,
        match_weight,
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
        ), '') as refusals,
        nullif(concat_ws(
            ', ',
            case when date_of_birth_level = 'same' and given_name_level in ('slip', 'sound') and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') and middle_name_level <> 'same' and not (child_born_l and child_born_r) then 'twin_guard' end,
            case when (not has_both_names_l or not has_both_names_r) and not (nhs_number_level = 'same' or upn_level = 'same') and not (date_of_birth_level = 'missing' and given_name_level = 'initial' and family_name_level in ('same', 'former', 'part', 'slip') and home_level = 'same' and coalesce(age_class_l = 'adult' and age_class_r = 'adult', false) and not (is_initial_shared_l or is_initial_shared_r)) then 'half_a_name' end,
            case when family_name_level in ('sound', 'different') and (is_childhood_record_l or is_childhood_record_r) and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') then 'childhood_name' end,
            case when date_of_birth_level = 'missing' and (child_born_l or child_born_r) and age_class_l is distinct from age_class_r and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') and middle_name_level <> 'same' and not (home_level = 'same' and given_name_level = 'same' and family_name_level in ('same', 'former', 'part', 'slip') and grown_namesakes_l = 0 and grown_namesakes_r = 0) then 'child_or_parent' end,
            case when date_of_birth_level = 'same' and right(birth_digits_l, 4) = '0101' and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') then 'conventional_birth_date' end,
            case when date_of_birth_level in ('one_digit', 'two_parts') and left(birth_digits_l, 4) <> left(birth_digits_r, 4) and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') then 'other_birth_year' end,
            case when date_of_birth_level = 'missing' and title_l is distinct from title_r and 'MR' in (title_l, title_r) and (title_l in ('MRS', 'MISS', 'MS') or title_r in ('MRS', 'MISS', 'MS')) then 'title_differs' end,
            case when (is_address_protected_l or is_address_protected_r) and not (home_level = 'same' or home_level = 'house_and_postcode') and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') then 'protected_person' end
        ), '') as cautions,
        nullif(concat_ws(
            ', ',
            case when family_name_level in ('sound', 'different') and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') then 'family_name_differs' end,
            case when date_of_birth_level <> 'missing' and home_level = 'different' and child_level <> 'same' and not (child_born_l or child_born_r) and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') and middle_name_level <> 'same' then 'namesake_elsewhere' end,
            case when date_of_birth_level = 'missing' and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') and (middle_name_level <> 'same' or home_level = 'different') and (child_level <> 'same' or home_level = 'different' and (grown_namesakes_l > 1 or grown_namesakes_r > 1)) and not (home_level = 'same' and (given_name_level in ('same', 'start') and family_name_level in ('same', 'former', 'part', 'slip') or given_name_level = 'swapped') and not coalesce(list_keys_l && list_keys_r, false) and grown_namesakes_l < 2 and grown_namesakes_r < 2 and not (is_perhaps_with_parent_l or is_perhaps_with_parent_r) and coalesce('adult' in (age_class_l, age_class_r), false) and (coalesce(age_class_l = age_class_r, false) or not (has_young_namesake_l or has_young_namesake_r))) then 'nothing_personal' end,
            case when child_born_l and child_born_r and given_name_level not in ('missing', 'same', 'swapped') and not ((nhs_number_level = 'same' or upn_level = 'same') and feed_l <> feed_r and not (is_number_disputed_l or is_number_disputed_r)) and middle_name_level <> 'same' then 'alike_children' end,
            case when date_of_birth_level = 'missing' and child_level = 'same' and given_name_level not in ('missing', 'same', 'swapped') and not (nhs_number_level = 'same' or upn_level = 'same') and not (telephone_level = 'same' or email_level = 'same') and middle_name_level <> 'same' then 'alike_parents' end,
            case when given_name_level = 'initial' and not (nhs_number_level = 'same' or upn_level = 'same') then 'only_an_initial' end
        ), '') as reservations,
        5 as model_version
    from totalled
    where match_weight >= 0.0

)

select * from scored
