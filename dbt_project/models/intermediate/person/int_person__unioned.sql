-- Grain: one row per record: a person as one feed knows them.
--
-- A feed repeats a person in many rows. Of each fact the row that landed last counts, among those
-- that state it. Who the record is about is decided later.

with stated as (

    {% for feed, table in [
        ('childrens_social_care', 'person'),
        ('childrens_social_care', 'related_person'),
        ('school', 'enrolment'),
        ('adult_social_care', 'cld'),
        ('housing', 'member'),
        ('anti_social_behaviour', 'asb_person'),
        ('police', 'person_occurrence'),
    ] %}
        select
            record_id,
            {{ "'" ~ feed ~ "'" }} as feed,
            source_person_id,
            given_name,
            family_name,
            middle_names,
            preferred_name,
            alias_family_name,
            title,
            date_of_birth,
            expected_date_of_birth,
            date_of_death,
            sex_code,
            gender_code,
            nhs_number,
            upn,
            telephone,
            email,
            delivery_id,
            {{ "'" ~ table ~ "'" }} as source_table,
            row_number
        from {{ ref('stg_' ~ feed ~ '__' ~ table) }}
        {{ "union all" if not loop.last }}  -- noqa: LT02
    {% endfor %}

),

contact as (

    select
        record_id,
        'school' as feed,
        null::text as source_person_id,
        given_name,
        family_name,
        null::text as middle_names,
        null::text as preferred_name,
        null::text as alias_family_name,
        title,
        null::date as date_of_birth,
        null::date as expected_date_of_birth,
        null::date as date_of_death,
        sex_code,
        null::text as gender_code,
        null::text as nhs_number,
        null::text as upn,
        telephone,
        email,
        delivery_id,
        'contact' as source_table,
        row_number
    from {{ ref('stg_school__contact') }}

),

-- an adult of whom only an address or a worker is sent is a record all the same
mentioned as (

    {% for table in ['allocation', 'person_address'] %}
        select
            record_id,
            'adult_social_care' as feed,
            null::text as source_person_id,
            null::text as given_name,
            null::text as family_name,
            null::text as middle_names,
            null::text as preferred_name,
            null::text as alias_family_name,
            null::text as title,
            null::date as date_of_birth,
            null::date as expected_date_of_birth,
            null::date as date_of_death,
            null::text as sex_code,
            null::text as gender_code,
            null::text as nhs_number,
            null::text as upn,
            null::text as telephone,
            null::text as email,
            delivery_id,
            {{ "'" ~ table ~ "'" }} as source_table,
            row_number
        from {{ ref('stg_adult_social_care__' ~ table) }}
        {{ "union all" if not loop.last }}  -- noqa: LT02
    {% endfor %}

),

sent as (

    select * from stated
    union all
    select * from contact
    union all
    select * from mentioned

),

-- a company is nobody
company as (

    select record_id from {{ ref('stg_housing__member') }}
    where is_organisation
    union
    select sent.record_id
    from sent
    inner join {{ ref('name_word') }} as name_word
        on resolution.spelling(sent.family_name) ~ ('\m' || name_word.word || '\M')
    where sent.given_name is null and name_word.kind = 'organisation'

),

further_number as (

    select
        record_id,
        max(nhs_number) as nhs_number,
        max(upn) filter (where identifier_type = 'unique pupil number') as upn,
        max(upn) filter (where identifier_type = 'former unique pupil number') as former_upn
    from {{ ref('stg_childrens_social_care__linked_identifier') }}
    group by record_id

),

numbered as (

    select
        sent.*,
        row_number() over (
            partition by sent.record_id
            order by
                -- a row that names nobody says least
                coalesce(sent.family_name, sent.given_name) is null,
                sent.delivery_id desc,
                sent.row_number desc,
                sent.source_table asc
        ) as recency
    from sent
    left join company on sent.record_id = company.record_id
    where sent.record_id is not null and company.record_id is null

),

latest as (

    select
        record_id,
        min(feed) as feed,
        min(source_person_id) as source_person_id,
        (array_agg(given_name order by recency) filter (where given_name is not null))[1]
            as given_name,
        (array_agg(family_name order by recency) filter (where family_name is not null))[1]
            as family_name,
        (array_agg(middle_names order by recency) filter (where middle_names is not null))[1]
            as middle_names,
        (array_agg(preferred_name order by recency) filter (where preferred_name is not null))[1]
            as preferred_name,
        (
            array_agg(alias_family_name order by recency)
            filter (where alias_family_name is not null)
        )[1] as alias_family_name,
        (array_agg(title order by recency) filter (where title is not null))[1]
            as title,
        (array_agg(date_of_birth order by recency) filter (where date_of_birth is not null))[1]
            as date_of_birth,
        (
            array_agg(expected_date_of_birth order by recency)
            filter (where expected_date_of_birth is not null)
        )[1] as expected_date_of_birth,
        (array_agg(date_of_death order by recency) filter (where date_of_death is not null))[1]
            as date_of_death,
        (array_agg(sex_code order by recency) filter (where sex_code is not null))[1]
            as sex_code,
        (array_agg(gender_code order by recency) filter (where gender_code is not null))[1]
            as gender_code,
        (array_agg(nhs_number order by recency) filter (where nhs_number is not null))[1]
            as nhs_number,
        (array_agg(upn order by recency) filter (where upn is not null))[1]
            as upn,
        (array_agg(telephone order by recency) filter (where telephone is not null))[1]
            as telephone,
        (array_agg(email order by recency) filter (where email is not null))[1]
            as email,
        min(delivery_id) filter (where recency = 1) as delivery_id,
        min(source_table) filter (where recency = 1) as source_table,
        min(row_number) filter (where recency = 1) as row_number
    from numbered
    group by record_id

),

combined as (

    select
        latest.record_id,
        latest.feed,
        latest.source_person_id,
        latest.given_name,
        latest.family_name,
        latest.middle_names,
        latest.preferred_name,
        latest.alias_family_name,
        latest.title,
        latest.date_of_birth,
        latest.expected_date_of_birth,
        latest.date_of_death,
        latest.sex_code,
        latest.gender_code,
        coalesce(latest.nhs_number, further_number.nhs_number) as nhs_number,
        coalesce(latest.upn, further_number.upn) as upn,
        further_number.former_upn,
        latest.telephone,
        latest.email,
        latest.delivery_id,
        latest.source_table,
        latest.row_number
    from latest
    left join further_number on latest.record_id = further_number.record_id

)

select * from combined
