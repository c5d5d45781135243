-- Grain: one row per record and address spell, as the feeds send them.
--
-- A protected record is here even when its address was withheld: it is what protects the person.

with member as (

    select * from {{ ref('stg_housing__member') }}
    where is_organisation is not true

),

tenancy as (

    select distinct on (source_tenancy_id) * from {{ ref('stg_housing__tenancy') }}
    order by source_tenancy_id asc, delivery_id desc, row_number desc

),

-- schools leave out the address of a contact who lives with the pupil
pupil as (

    select distinct on (record_id) * from {{ ref('stg_school__enrolment') }}
    where
        coalesce(address_line_1, address_line_2, postcode, uprn) is not null
        and record_id in (
            select contact.pupil_record_id from {{ ref('stg_school__contact') }} as contact
            where contact.is_address_as_pupil
        )
    order by
        record_id asc,
        address_ended_on desc nulls first,
        address_started_on desc nulls last,
        delivery_id desc,
        row_number desc

),

-- some pay for a home in which others live
liability as (

    select liability.*
    from {{ ref('stg_council_tax_liability__liability') }} as liability
    left join {{ ref('council_tax_discount') }} as discount
        on liability.discount_type = discount.source_code
    where discount.lives_there is distinct from 'No' or liability.is_protected_address

),

unioned as (

    {% for feed, table, observed_on in [
        ('childrens_social_care', 'address', 'null::date'),
        ('childrens_social_care', 'related_person', 'null::date'),
        ('school', 'enrolment', 'left_on'),
        ('school', 'contact', 'null::date'),
        ('adult_social_care', 'person_address', 'null::date'),
        ('anti_social_behaviour', 'asb_person', 'null::date'),
        ('police', 'person_occurrence', 'coalesce(occurred_on, recorded_on)'),
        ('neighbouring_council', 'person', 'last_seen_on'),
    ] %}
        select
            record_id,
            {{ "'" ~ feed ~ "'" }} as feed,
            address_line_1,
            address_line_2,
            address_line_3,
            address_line_4,
            address_line_5,
            postcode,
            uprn,
            address_type,
            address_started_on as started_on,
            address_ended_on as ended_on,
            {{ "" ~ observed_on }} as observed_on,
            is_protected_address,
            delivery_id,
            {{ "'" ~ table ~ "'" }} as source_table,
            row_number
        from {{ ref('stg_' ~ feed ~ '__' ~ table) }}
        union all
    {% endfor %}
    select
        contact.record_id,
        'school' as feed,
        pupil.address_line_1,
        pupil.address_line_2,
        pupil.address_line_3,
        pupil.address_line_4,
        pupil.address_line_5,
        pupil.postcode,
        pupil.uprn,
        pupil.address_type,
        contact.address_started_on as started_on,
        coalesce(contact.address_ended_on, pupil.address_ended_on) as ended_on,
        pupil.left_on as observed_on,
        pupil.is_protected_address or contact.is_protected_address as is_protected_address,
        contact.delivery_id,
        'contact' as source_table,
        contact.row_number
    from {{ ref('stg_school__contact') }} as contact
    inner join pupil on contact.pupil_record_id = pupil.record_id
    where
        contact.is_address_as_pupil
        and coalesce(
            contact.address_line_1, contact.address_line_2, contact.postcode, contact.uprn
        ) is null
    union all
    select
        record_id,
        'adult_social_care' as feed,
        null as address_line_1,
        null as address_line_2,
        null as address_line_3,
        null as address_line_4,
        null as address_line_5,
        postcode,
        null as uprn,
        null as address_type,
        null::date as started_on,
        null::date as ended_on,
        greatest(event_started_on, event_ended_on) as observed_on,
        is_protected_address,
        delivery_id,
        'cld' as source_table,
        row_number
    from {{ ref('stg_adult_social_care__cld') }}
    union all
    select
        member.record_id,
        'housing' as feed,
        tenancy.address_line_1,
        tenancy.address_line_2,
        tenancy.address_line_3,
        tenancy.address_line_4,
        tenancy.address_line_5,
        tenancy.postcode,
        tenancy.uprn,
        tenancy.address_type,
        -- nobody lives in a tenancy before it starts or after it ends
        greatest(member.started_on, tenancy.started_on) as started_on,
        least(member.ended_on, tenancy.ended_on) as ended_on,
        null::date as observed_on,
        tenancy.is_protected_address,
        member.delivery_id,
        'member' as source_table,
        member.row_number
    from member
    inner join tenancy on member.source_tenancy_id = tenancy.source_tenancy_id
    union all
    select
        record_id,
        'council_tax_liability' as feed,
        address_line_1,
        address_line_2,
        address_line_3,
        address_line_4,
        address_line_5,
        postcode,
        uprn,
        address_type,
        started_on,
        ended_on,
        null::date as observed_on,
        is_protected_address,
        delivery_id,
        'liability' as source_table,
        row_number
    from liability

),

keyed as (

    select
        {{
            hash_key([
                "record_id",
                "source_table",
                "coalesce(uprn, '')",
                "coalesce(postcode, '')",
                "concat_ws(',', address_line_1, address_line_2, address_line_3, address_line_4)",
                "coalesce(address_line_5, '')",
                "coalesce(address_type, '')",
                "coalesce(started_on::text, '')",
                "coalesce(ended_on::text, '')",
            ])
        }} as address_spell_id,
        parse.full_address(
            address_line_1, address_line_2, address_line_3, address_line_4, address_line_5
        ) as full_address,
        *
    from unioned
    where
        record_id is not null
        and (
            is_protected_address
            or coalesce(
                address_line_1,
                address_line_2,
                address_line_3,
                address_line_4,
                address_line_5,
                postcode,
                uprn
            ) is not null
        )

),

-- a pupil's address comes with every enrolment, an offender's with every occurrence
unique_spell as (

    select distinct on (address_spell_id)
        address_spell_id,
        record_id,
        feed,
        address_line_1,
        address_line_2,
        address_line_3,
        address_line_4,
        address_line_5,
        full_address,
        parse.address_number(full_address, postcode, uprn) as address_number,
        postcode,
        uprn,
        address_type,
        started_on,
        ended_on,
        -- empty: the feed states it to this day
        case
            when bool_and(observed_on is not null) over (partition by address_spell_id)
                then max(observed_on) over (partition by address_spell_id)
        end as observed_on,
        -- protected once is protected
        bool_or(is_protected_address) over (partition by address_spell_id) as is_protected_address,
        delivery_id,
        source_table,
        row_number
    from keyed
    order by address_spell_id asc, delivery_id desc, row_number desc

)

select * from unique_spell
