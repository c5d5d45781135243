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
        ('neighbouring_council', 'person'),
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

liable as (

    select
        record_id,
        'council_tax_liability' as feed,
        source_person_id,
        given_name,
        family_name,
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
        'liability' as source_table,
        row_number
    from {{ ref('stg_council_tax_liability__liability') }}

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
    select * from liable
    union all
    select * from mentioned

),

company as (

    select record_id from {{ ref('stg_housing__member') }}
    where is_organisation
    group by record_id

),

company_word as (

    select '\m(' || string_agg(word, '|') || ')\M' as pattern
    from {{ ref('name_word') }}
    where kind = 'organisation'

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

ordered as (

    select
        *,
        -- greater the later it landed, and least for a row that names nobody
        concat(
            case when coalesce(family_name, given_name) is null then '0' else '1' end,
            lpad(delivery_id::text, 19, '0'),
            lpad(row_number::text, 19, '0')
        ) as landed
    from sent
    where record_id is not null

),

-- of pairs of text the greatest has the greatest first part: the value that landed last, found
-- without sorting the rows of each record
latest as (

    select
        record_id,
        min(feed) as feed,
        min(source_person_id) as source_person_id,
        (max(array[landed, given_name]) filter (where given_name is not null))[2] as given_name,
        (max(array[landed, family_name]) filter (where family_name is not null))[2] as family_name,
        (max(array[landed, middle_names]) filter (where middle_names is not null))[2]
            as middle_names,
        (max(array[landed, preferred_name]) filter (where preferred_name is not null))[2]
            as preferred_name,
        (max(array[landed, alias_family_name]) filter (where alias_family_name is not null))[2]
            as alias_family_name,
        (max(array[landed, title]) filter (where title is not null))[2] as title,
        (max(array[landed, date_of_birth::text]) filter (where date_of_birth is not null))[2]::date
            as date_of_birth,
        (
            max(array[landed, expected_date_of_birth::text])
            filter (where expected_date_of_birth is not null)
        )[2]::date as expected_date_of_birth,
        (max(array[landed, date_of_death::text]) filter (where date_of_death is not null))[2]::date
            as date_of_death,
        (max(array[landed, sex_code]) filter (where sex_code is not null))[2] as sex_code,
        (max(array[landed, gender_code]) filter (where gender_code is not null))[2] as gender_code,
        (max(array[landed, nhs_number]) filter (where nhs_number is not null))[2] as nhs_number,
        (max(array[landed, upn]) filter (where upn is not null))[2] as upn,
        (max(array[landed, telephone]) filter (where telephone is not null))[2] as telephone,
        (max(array[landed, email]) filter (where email is not null))[2] as email,
        max(array[landed, source_table, delivery_id::text, row_number::text]) as landed_last
    from ordered
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
        latest.landed_last[3]::bigint as delivery_id,
        latest.landed_last[2] as source_table,
        latest.landed_last[4]::bigint as row_number
    from latest
    cross join company_word
    left join further_number on latest.record_id = further_number.record_id
    left join company on latest.record_id = company.record_id
    -- a company is nobody
    where
        company.record_id is null
        and not (
            latest.given_name is null
            and coalesce(resolution.spelling(latest.family_name) ~ company_word.pattern, false)
        )

)

select * from combined
