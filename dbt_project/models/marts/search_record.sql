-- Grain: one row per record.
--
-- No reader reaches it: person_search reads it for them.

with searchable as (

    select * from {{ ref('int_person__searchable') }}

),

record as (

    select
        record_id::varchar(64) as record_id,
        feed::varchar(40) as feed,
        left(given_name, 255)::varchar(255) as given_name,
        left(given_words, 300)::varchar(300) as given_words,
        left(given_forms, 1000)::varchar(1000) as given_forms,
        given_sound::varchar(20) as given_sound,
        left(given_letters, 255)::varchar(255) as given_letters,
        left(further_name, 255)::varchar(255) as further_name,
        left(further_words, 300)::varchar(300) as further_words,
        left(family_name, 255)::varchar(255) as family_name,
        left(family_words, 300)::varchar(300) as family_words,
        family_sound::varchar(20) as family_sound,
        left(family_letters, 255)::varchar(255) as family_letters,
        left(alias_family_name, 255)::varchar(255) as alias_family_name,
        date_of_birth,
        birth_digits::varchar(8) as birth_digits,
        nhs_number::varchar(10) as nhs_number,
        upn::varchar(13) as upn,
        former_upn::varchar(13) as former_upn,
        telephone::varchar(40) as telephone,
        left(email, 255)::varchar(255) as email,
        left(home_keys, 1000)::varchar(1000) as home_keys,
        left(dwelling_keys, 1000)::varchar(1000) as dwelling_keys,
        left(postcodes, 300)::varchar(300) as postcodes,
        left(house_number, 20)::varchar(20) as house_number,
        left(street, 255)::varchar(255) as street,
        left(locality, 255)::varchar(255) as locality,
        tf_given_name,
        tf_family_name,
        tf_date_of_birth,
        tf_locality,
        tf_telephone,
        tf_email,
        left(spelling, 600)::varchar(600) as spelling,
        search_keys
    from searchable

)

select * from record
