-- Grain: one row per record, as a search compares it, and the keys by which it is found.
--
-- How common a value is changes a little every night for everybody; to the nearest half bit it
-- does not, so that a name that became commoner publishes nobody anew. Whose address and number are
-- told to nobody is found through neither, whichever record states it.

with record as (

    select * from {{ ref('int_person__profiled') }}

),

identified as (

    select * from {{ ref('int_person__identified') }}

),

withheld as (

    select * from {{ ref('int_person__withheld') }}

),

kept_back as (

    select identified.record_id
    from identified
    inner join withheld on identified.person_id = withheld.person_id

),

rounded as (

    select
        record.*,
        case when kept_back.record_id is null then record.postcodes end as shown_postcodes,
        case when kept_back.record_id is null then record.home_keys end as shown_home_keys,
        case
            when kept_back.record_id is null and not record.is_address_protected
                then record.telephone
        end as shown_telephone,
        case
            when kept_back.record_id is null and not record.is_address_protected then record.email
        end as shown_email,
        kept_back.record_id is null as is_home_shown,
        power(2::float, round(2 * ln(record.tf_given_name) / ln(2::float)) / 2)
            as rounded_given_name,
        power(2::float, round(2 * ln(record.tf_family_name) / ln(2::float)) / 2)
            as rounded_family_name,
        power(2::float, round(2 * ln(record.tf_date_of_birth) / ln(2::float)) / 2)
            as rounded_date_of_birth,
        power(2::float, round(2 * ln(record.tf_locality) / ln(2::float)) / 2) as rounded_locality,
        power(2::float, round(2 * ln(record.tf_telephone) / ln(2::float)) / 2) as rounded_telephone,
        power(2::float, round(2 * ln(record.tf_email) / ln(2::float)) / 2) as rounded_email
    from record
    left join kept_back on record.record_id = kept_back.record_id

),

searchable as (

    select
        record_id,
        feed,
        given_name,
        given_words,
        given_forms,
        given_sound,
        given_letters,
        further_name,
        further_words,
        family_name,
        family_words,
        family_sound,
        family_letters,
        alias_family_name,
        date_of_birth,
        birth_digits,
        nhs_number,
        upn,
        former_upn,
        shown_telephone as telephone,
        shown_email as email,
        shown_home_keys as home_keys,
        case when is_home_shown then dwelling_keys end as dwelling_keys,
        shown_postcodes as postcodes,
        case when is_home_shown then house_number end as house_number,
        case when is_home_shown then street end as street,
        case when is_home_shown then locality end as locality,
        rounded_given_name as tf_given_name,
        rounded_family_name as tf_family_name,
        rounded_date_of_birth as tf_date_of_birth,
        rounded_locality as tf_locality,
        rounded_telephone as tf_telephone,
        rounded_email as tf_email,
        nullif(
            replace(
                concat_ws(' ', given_words, further_words, family_words, alias_family_name),
                '|', ' '
            ),
            ''
        ) as spelling,
        array(
            select found.search_key
            from
                resolution.search_keys(
                    concat_ws(
                        '|', rounded.given_forms, rounded.given_words, rounded.further_words
                    ),
                    concat_ws(
                        '|', rounded.family_name, rounded.family_words, rounded.alias_family_name
                    ),
                    rounded.birth_digits,
                    rounded.shown_postcodes,
                    rounded.shown_home_keys,
                    array[
                        rounded.nhs_number, rounded.upn, rounded.former_upn,
                        rounded.shown_telephone, rounded.shown_email
                    ]
                ) as found
            order by found.search_key
        ) as search_keys
    from rounded

)

select * from searchable
