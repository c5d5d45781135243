-- Grain: one row per record, all that is compared when two records may be one person.
--
-- Beside each value stands how common it is: that two people share a rare name says more. A place
-- where many live is no evidence and is left out, and so is every protected one. Several values of
-- one kind stand in one text, with | between them.

with record as (

    select * from {{ ref('int_person__standardised') }}
    where not is_set_aside

),

sent as (

    select * from {{ ref('int_person__unioned') }}

),

parameter as (

    select
        max(value) filter (where parameter = 'adult_age') as adult_age,
        max(value) filter (where parameter = 'largest_home') as largest_home
    from {{ ref('matching_parameter') }}
    where {{ as_of_date() }} between valid_from and coalesce(valid_to, {{ as_of_date() }})

),

formal_name as (

    select
        upper(nickname) as nickname,
        string_agg(upper(given_name), '|' order by given_name) as given_names
    from {{ ref('nickname') }}
    group by upper(nickname)

),

adult_title as (

    select word from {{ ref('name_word') }}
    where kind = 'title' and word not in ('MASTER', 'MISS')

),

address as (

    select * from {{ ref('int_person__located') }}

),

home as (

    select address.home_key
    from address
    inner join record on address.record_id = record.record_id
    cross join parameter
    group by address.home_key, parameter.largest_home
    having count(distinct record.family_name) <= parameter.largest_home

),

homes as (

    select
        address.record_id,
        string_agg(address.home_key, '|' order by address.home_key) as home_keys
    from address
    inner join home on address.home_key = home.home_key
    group by address.record_id

),

unit as (

    select
        record_id,
        string_agg(distinct unit, '|' order by unit) as units
    from {{ ref('int_address__standardised') }}
    where unit is not null
    group by record_id

),

protected as (

    select record_id from {{ ref('int_address__standardised') }}
    where is_protected_address
    group by record_id

),

postcode as (

    select
        record_id,
        string_agg(distinct postcode, '|' order by postcode) as postcodes
    from {{ ref('int_address__standardised') }}
    where postcode is not null and not is_protected_address
    group by record_id

),

compared as (

    select
        record.record_id,
        record.feed,
        record.given_name,
        replace(record.given_name_words, ' ', '|') as given_words,
        record.given_name || coalesce('|' || formal_name.given_names, '') as given_forms,
        extensions.dmetaphone(record.given_name) as given_sound,
        resolution.letters(record.given_name) as given_letters,
        split_part(record.further_name_words, ' ', 1) as further_name,
        replace(record.further_name_words, ' ', '|') as further_words,
        record.generation,
        -- John & Mary are two
        record.has_both_names
        and coalesce(not sent.given_name ~* '&|\mand\M', true) as has_both_names,
        resolution.spelling(sent.title) as title,
        sent.source_table in ('enrolment', 'person') as is_childhood_record,
        record.family_name,
        replace(record.family_name_words, ' ', '|') as family_words,
        extensions.dmetaphone(record.family_name) as family_sound,
        resolution.letters(record.family_name) as family_letters,
        replace(record.alias_family_name_words, ' ', '') as alias_family_name,
        record.date_of_birth,
        to_char(record.date_of_birth, 'YYYYMMDD') as birth_digits,
        record.date_of_death,
        case
            when
                record.date_of_birth
                <= {{ as_of_date() }} - make_interval(years => parameter.adult_age)
                then 'adult'
            when
                record.date_of_birth is not null
                or record.expected_date_of_birth is not null
                or sent.source_table in ('enrolment', 'person')
                then 'child'
            when sent.source_table = 'contact' or adult_title.word is not null then 'adult'
        end as age_class,
        coalesce(
            record.date_of_birth
            > {{ as_of_date() }} - make_interval(years => parameter.adult_age),
            false
        ) as child_born,
        record.nhs_number,
        record.upn,
        record.former_upn,
        sent.telephone,
        sent.email,
        homes.home_keys,
        unit.units,
        postcode.postcodes,
        protected.record_id is not null as is_address_protected,
        record.match_hash
    from record
    inner join sent on record.record_id = sent.record_id
    cross join parameter
    left join formal_name on record.given_name = formal_name.nickname
    left join adult_title on resolution.spelling(sent.title) = adult_title.word
    left join homes on record.record_id = homes.record_id
    left join unit on record.record_id = unit.record_id
    left join postcode on record.record_id = postcode.record_id
    left join protected on record.record_id = protected.record_id

),

profiled as (

    select
        *,
        -- two numbers on one name and birth date: one of them is somebody else's, or there are two
        coalesce(min(nhs_number) over namesake <> max(nhs_number) over namesake, false)
        or coalesce(min(upn) over namesake <> max(upn) over namesake, false)
            as is_number_disputed,
        row_number() over (order by record_id)::integer as record_number,
        count(*) over (partition by given_name) / nullif(count(given_name) over (), 0)::float
            as tf_given_name,
        count(*) over (partition by family_name) / nullif(count(family_name) over (), 0)::float
            as tf_family_name,
        count(*) over (partition by date_of_birth)
        / nullif(count(date_of_birth) over (), 0)::float as tf_date_of_birth,
        count(*) over (partition by telephone) / nullif(count(telephone) over (), 0)::float
            as tf_telephone,
        count(*) over (partition by email) / nullif(count(email) over (), 0)::float as tf_email
    from compared
    window namesake as (partition by given_name, family_name, date_of_birth)

)

select * from profiled
