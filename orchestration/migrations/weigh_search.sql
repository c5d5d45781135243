-- Written by `./run linkage sql` from the seeds match_model, match_level and veto. To change it,
-- change them.
-- noqa: disable=all
-- The function that weighs a search: the asked are what was asked for, read in several ways, and
-- each record counts in the way that fits it best. Evidence is what agrees and what differs; that
-- any two records are of one person has still to be allowed for. Put into the database by every
-- `./run start`.

create or replace function published.weigh_search(
    asked published.search_record[], candidates text[], shown integer
)
returns table (record_id varchar(64), evidence double precision, agreement text)
-- few, so that who they are about is looked up and not joined
language plpgsql stable rows 20
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    with pair as (

        select
            right_record.record_id,
            left_record.alias_family_name as alias_family_name_l,
            left_record.birth_digits as birth_digits_l,
            string_to_array(null::text, '|') as child_keys_l,
            left_record.date_of_birth as date_of_birth_l,
            string_to_array(left_record.dwelling_keys, '|') as dwelling_keys_l,
            left_record.email as email_l,
            left_record.family_letters as family_letters_l,
            left_record.family_name as family_name_l,
            left_record.family_sound as family_sound_l,
            string_to_array(left_record.family_words, '|') as family_words_l,
            left_record.former_upn as former_upn_l,
            left_record.further_name as further_name_l,
            string_to_array(left_record.further_words, '|') as further_words_l,
            string_to_array(left_record.given_forms, '|') as given_forms_l,
            left_record.given_letters as given_letters_l,
            left_record.given_name as given_name_l,
            left_record.given_sound as given_sound_l,
            string_to_array(left_record.given_words, '|') as given_words_l,
            string_to_array(left_record.home_keys, '|') as home_keys_l,
            left_record.house_number as house_number_l,
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
            left_record.upn as upn_l,
            right_record.alias_family_name as alias_family_name_r,
            right_record.birth_digits as birth_digits_r,
            string_to_array(null::text, '|') as child_keys_r,
            right_record.date_of_birth as date_of_birth_r,
            string_to_array(right_record.dwelling_keys, '|') as dwelling_keys_r,
            right_record.email as email_r,
            right_record.family_letters as family_letters_r,
            right_record.family_name as family_name_r,
            right_record.family_sound as family_sound_r,
            string_to_array(right_record.family_words, '|') as family_words_r,
            right_record.former_upn as former_upn_r,
            right_record.further_name as further_name_r,
            string_to_array(right_record.further_words, '|') as further_words_r,
            string_to_array(right_record.given_forms, '|') as given_forms_r,
            right_record.given_letters as given_letters_r,
            right_record.given_name as given_name_r,
            right_record.given_sound as given_sound_r,
            string_to_array(right_record.given_words, '|') as given_words_r,
            string_to_array(right_record.home_keys, '|') as home_keys_r,
            right_record.house_number as house_number_r,
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
            right_record.upn as upn_r
        from unnest(asked) as left_record
        cross join published.search_record as right_record
        where
            right_record.record_id = any(candidates)
            and right_record.valid_from_generation <= shown
            and right_record.valid_to_generation > shown

    ),

    -- once each: in one query with what follows, a level would be read for each of its uses
    levelled as materialized (

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

    weighed as materialized (

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
            given_name_weight
            + family_name_weight
            + middle_name_weight
            + date_of_birth_weight
            + home_weight
            + locality_weight
            + child_weight
            + email_weight
            + telephone_weight
            + nhs_number_weight
            + upn_weight as total
        from weighed

    ),

    best as (

        select distinct on (totalled.record_id) *
        from totalled
        where totalled.total > 0 and given_name_level not in ('swapped', 'nearly_swapped')
        order by totalled.record_id asc, totalled.total desc

    )

    select
        best.record_id,
        best.total,
        concat_ws(
            ', ',
            case when given_name_level <> 'missing' then format(
                'given name %s (%s)', given_name_level, round(given_name_weight::numeric, 1)
            ) end,
            case when family_name_level <> 'missing' then format(
                'family name %s (%s)', family_name_level, round(family_name_weight::numeric, 1)
            ) end,
            case when middle_name_level <> 'missing' then format(
                'middle name %s (%s)', middle_name_level, round(middle_name_weight::numeric, 1)
            ) end,
            case when date_of_birth_level <> 'missing' then format(
                'date of birth %s (%s)', date_of_birth_level, round(date_of_birth_weight::numeric, 1)
            ) end,
            case when home_level <> 'missing' then format(
                'home %s (%s)', home_level, round(home_weight::numeric, 1)
            ) end,
            case when locality_level <> 'missing' then format(
                'locality %s (%s)', locality_level, round(locality_weight::numeric, 1)
            ) end,
            case when child_level <> 'missing' then format(
                'child %s (%s)', child_level, round(child_weight::numeric, 1)
            ) end,
            case when email_level <> 'missing' then format(
                'email %s (%s)', email_level, round(email_weight::numeric, 1)
            ) end,
            case when telephone_level <> 'missing' then format(
                'telephone %s (%s)', telephone_level, round(telephone_weight::numeric, 1)
            ) end,
            case when nhs_number_level <> 'missing' then format(
                'nhs number %s (%s)', nhs_number_level, round(nhs_number_weight::numeric, 1)
            ) end,
            case when upn_level <> 'missing' then format(
                'upn %s (%s)', upn_level, round(upn_weight::numeric, 1)
            ) end
        )
    from best;
end
$$;

grant execute
on function published.weigh_search(published.search_record[], text[], integer) to view_owner;

-- the gate compares
delete from published.as_migrated where relation like '%.weigh_search(%';
insert into published.as_migrated (relation, fingerprint)
select
    found.relation,
    found.fingerprint
from published.fingerprint() as found
where found.relation like '%.weigh_search(%';
