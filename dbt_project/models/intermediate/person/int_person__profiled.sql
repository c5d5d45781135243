-- Grain: one row per record, all that is compared when two records may be one person.
--
-- Beside each value stands how common it is: that two people share a rare name says more. It is
-- told to half a bit, so that it seldom changes from night to night. A place where many live is no
-- evidence and is left out, and so is every protected one. Several values of one kind stand in one
-- text, with | between them.

-- read where they stand, and not copied first: there are many of them
with record as not materialized (

    select * from {{ ref('int_person__standardised') }}
    where not is_set_aside

),

sent as not materialized (

    select * from {{ ref('int_person__unioned') }}

),

parameter as (

    select
        max(value) filter (where parameter = 'adult_age') as adult_age,
        max(value) filter (where parameter = 'largest_home') as largest_home,
        max(value) filter (where parameter = 'youngest_parent') as youngest_parent,
        max(value) filter (where parameter = 'largest_block') as largest_block
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

title as materialized (

    select
        title,
        resolution.spelling(title) as spelling
    from sent
    group by title

),

adult_title as (

    select word from {{ ref('name_word') }}
    where kind = 'title'

),

several as (

    select ' (' || string_agg(word, '|') || ') ' as pattern from {{ ref('name_word') }}
    where kind = 'several'

),

address as not materialized (

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
        string_agg(distinct address.home_key, '|' order by address.home_key) as home_keys,
        string_agg(distinct address.dwelling_key, '|' order by address.dwelling_key)
            as dwelling_keys
    from address
    inner join home on address.home_key = home.home_key
    group by address.record_id

),

spell as (

    select
        record_id,
        string_agg(distinct unit, '|' order by unit) as units,
        string_agg(distinct postcode, '|' order by postcode)
        filter (where not is_protected_address) as postcodes,
        bool_or(is_protected_address) as is_address_protected
    from {{ ref('int_address__standardised') }}
    group by record_id

),

-- where a record was last known to live, as it is written
last_home as (

    select distinct on (record_id)
        record_id,
        house_number,
        coalesce(street, resolution.words(address_line_1)) as street,
        resolution.words(
            coalesce(address_line_5, address_line_4, address_line_3, address_line_2)
        ) as locality
    from {{ ref('int_address__standardised') }}
    where not is_protected_address
    order by
        record_id asc,
        ended_on desc nulls first,
        started_on desc nulls last,
        address_spell_id asc

),

shared_house as (

    select
        last_home.house_number,
        last_home.street
    from last_home
    inner join record on last_home.record_id = record.record_id
    cross join parameter
    where last_home.house_number is not null
    group by last_home.house_number, last_home.street, parameter.largest_home
    having count(distinct record.family_name) > parameter.largest_home

),

child as (

    select
        record_id,
        string_agg(child_key, '|' order by child_key) as child_keys,
        min(left(right(child_key, 8), 4)) filter (where starts_with(child_key, 'parent/'))::integer
            as first_parent_in
    from {{ ref('int_person__accompanied') }}
    group by record_id

),

list as (

    select
        record_id,
        string_agg(list_key, '|' order by list_key) as list_keys
    from {{ ref('int_person__listed') }}
    group by record_id

),

-- many records share a name: how it sounds is worked out once
sound as (

    select
        spelling,
        extensions.dmetaphone(spelling) as sound,
        resolution.letters(spelling) as letters
    from (
        select given_name as spelling from record
        union
        select family_name as spelling from record
    ) as each_name
    where spelling is not null

),

compared as (

    select
        record.record_id,
        hashtextextended(record.record_id, 0) as record_number,
        record.feed,
        record.given_name,
        replace(record.given_name_words, ' ', '|') as given_words,
        record.given_name || coalesce('|' || formal_name.given_names, '') as given_forms,
        given_sound.sound as given_sound,
        given_sound.letters as given_letters,
        split_part(record.further_name_words, ' ', 1) as further_name,
        replace(record.further_name_words, ' ', '|') as further_words,
        record.generation,
        -- John & Mary are two
        record.has_both_names
        and coalesce(
            not ' ' || upper(replace(sent.given_name, '&', ' & ')) || ' ' ~ several.pattern, true
        ) as has_both_names,
        title.spelling as title,
        sent.source_table in ('enrolment', 'person') as is_childhood_record,
        record.family_name,
        replace(record.family_name_words, ' ', '|') as family_words,
        family_sound.sound as family_sound,
        family_sound.letters as family_letters,
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
            when
                sent.source_table in ('contact', 'liability') or adult_title.word is not null
                then 'adult'
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
        homes.dwelling_keys,
        case when shared_house.house_number is null then last_home.house_number end
            as house_number,
        last_home.street,
        last_home.locality,
        child.child_keys,
        list.list_keys,
        spell.units,
        spell.postcodes,
        coalesce(spell.is_address_protected, false) as is_address_protected
    from record
    inner join sent on record.record_id = sent.record_id
    cross join parameter
    cross join several
    left join sound as given_sound on record.given_name = given_sound.spelling
    left join sound as family_sound on record.family_name = family_sound.spelling
    left join formal_name on record.given_name = formal_name.nickname
    left join title on sent.title = title.title
    left join adult_title on title.spelling = adult_title.word
    left join homes on record.record_id = homes.record_id
    left join last_home on record.record_id = last_home.record_id
    left join shared_house
        on
            last_home.house_number = shared_house.house_number
            and last_home.street = shared_house.street
    left join child on record.record_id = child.record_id
    left join list on record.record_id = list.record_id
    left join spell on record.record_id = spell.record_id

),

given_name_share as (

    select
        given_name,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from record
    where given_name is not null
    group by given_name

),

family_name_share as (

    select
        family_name,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from record
    where family_name is not null
    group by family_name

),

date_of_birth_share as (

    select
        date_of_birth,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from record
    where date_of_birth is not null
    group by date_of_birth

),

locality_share as (

    select
        locality,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from compared
    where locality is not null
    group by locality

),

telephone_share as (

    select
        sent.telephone,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from sent
    inner join record on sent.record_id = record.record_id
    where sent.telephone is not null
    group by sent.telephone

),

email_share as (

    select
        sent.email,
        resolution.share(count(*), sum(count(*)) over ()) as frequency
    from sent
    inner join record on sent.record_id = record.record_id
    where sent.email is not null
    group by sent.email

),

-- two numbers on one name and birth date: one of them is somebody else's, or there are two
disputed as (

    select
        given_name,
        family_name,
        date_of_birth
    from record
    where coalesce(nhs_number, upn) is not null
    group by given_name, family_name, date_of_birth
    having min(nhs_number) <> max(nhs_number) or min(upn) <> max(upn)

),

-- a feed that holds two given names under one family name and birth date may hold twins
shared_birth as (

    select
        feed,
        family_name,
        date_of_birth
    from record
    group by feed, family_name, date_of_birth
    having min(given_name) <> max(given_name)

),

-- two of one name, or nearly, whom one list names beside each other
beside as (

    select record_id
    from (
        select
            compared.record_id,
            count(*) over (
                partition by
                    listed.list_key, left(compared.family_name, 3), left(compared.given_name, 3)
            ) as records
        from {{ ref('int_person__listed') }} as listed
        inner join compared on listed.record_id = compared.record_id
    ) as named
    where records > 1
    group by record_id

),

-- who bears a name in one home, or nearly: a child, one grown person or two; a parent names a child
-- after itself, and is not as young as its child's brother
namesake as (

    select
        address.home_key,
        left(compared.family_name, 3) as family_name_begins,
        left(compared.given_name, 3) as given_name_begins,
        bool_or(compared.age_class = 'child') as has_young_namesake,
        case
            when
                min(date_part('year', compared.date_of_birth))
                filter (where not compared.child_born)
                < max(date_part('year', compared.date_of_birth))
                filter (where not compared.child_born)
                or min(child.first_parent_in)
                < max(date_part('year', compared.date_of_birth))
                filter (where not compared.child_born)
                + parameter.youngest_parent
                or bool_or(
                    strpos(compared.child_keys, '/' || left(compared.given_name, 3)) > 0
                )
                or bool_or(beside.record_id is not null)
                then 2
            when bool_or(compared.age_class = 'adult') then 1
        end as grown_namesakes
    from address
    inner join home on address.home_key = home.home_key
    inner join compared on address.record_id = compared.record_id
    cross join parameter
    left join child on compared.record_id = child.record_id
    left join beside on compared.record_id = beside.record_id
    group by
        address.home_key, left(compared.family_name, 3), left(compared.given_name, 3),
        parameter.youngest_parent

),

namesakes as (

    select
        address.record_id,
        bool_or(namesake.has_young_namesake) as has_young_namesake,
        max(namesake.grown_namesakes) as grown_namesakes
    from address
    inner join compared on address.record_id = compared.record_id
    inner join namesake
        on
            address.home_key = namesake.home_key
            and left(compared.family_name, 3) = namesake.family_name_begins
            and left(compared.given_name, 3) = namesake.given_name_begins
    where namesake.has_young_namesake or namesake.grown_namesakes is not null
    group by address.record_id

),

-- grown people of one family name and initial, but of more than one given name
initial as (

    select
        address.home_key,
        compared.family_name,
        left(compared.given_name, 1) as initial
    from address
    inner join compared on address.record_id = compared.record_id
    where length(compared.given_name) > 1 and compared.age_class is distinct from 'child'
    group by address.home_key, compared.family_name, left(compared.given_name, 1)
    having min(left(compared.given_name, 3)) <> max(left(compared.given_name, 3))

),

initials as (

    select address.record_id
    from address
    inner join compared on address.record_id = compared.record_id
    inner join initial
        on
            address.home_key = initial.home_key
            and compared.family_name = initial.family_name
            and left(compared.given_name, 1) = initial.initial
    group by address.record_id

),

profiled as (

    select
        compared.*,
        initials.record_id is not null as is_initial_shared,
        coalesce(namesakes.has_young_namesake, false) as has_young_namesake,
        coalesce(namesakes.grown_namesakes, 0) as grown_namesakes,
        shared_birth.feed is not null as is_birth_shared,
        disputed.given_name is not null as is_number_disputed,
        given_name_share.frequency as tf_given_name,
        family_name_share.frequency as tf_family_name,
        date_of_birth_share.frequency as tf_date_of_birth,
        locality_share.frequency as tf_locality,
        telephone_share.frequency as tf_telephone,
        email_share.frequency as tf_email
    from compared
    left join initials on compared.record_id = initials.record_id
    left join namesakes on compared.record_id = namesakes.record_id
    left join disputed
        on
            compared.given_name = disputed.given_name
            and compared.family_name = disputed.family_name
            and compared.date_of_birth = disputed.date_of_birth
    left join shared_birth
        on
            compared.feed = shared_birth.feed
            and compared.family_name = shared_birth.family_name
            and compared.date_of_birth = shared_birth.date_of_birth
    left join given_name_share on compared.given_name = given_name_share.given_name
    left join family_name_share on compared.family_name = family_name_share.family_name
    left join date_of_birth_share on compared.date_of_birth = date_of_birth_share.date_of_birth
    left join locality_share on compared.locality = locality_share.locality
    left join telephone_share on compared.telephone = telephone_share.telephone
    left join email_share on compared.email = email_share.email

),

-- all that the pairs of a record depend on: what it holds, and how it is compared
hashed as (

    select
        profiled.*,
        hash_record_extended(
            row(profiled.*, parameter.largest_block),
            {{
                rules_of([
                    'int_person__keyed', 'int_person__renewed', 'int_person__blocked',
                    'int_person__paired', 'int_person__scored',
                ])
            }}
        ) as match_hash
    from profiled
    cross join parameter

)

select * from hashed
