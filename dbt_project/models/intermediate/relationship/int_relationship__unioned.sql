-- Grain: one row per tie between two records, as one source states it.
--
-- Every row reads the same way, however its source writes it: the related record is <code> of the
-- record. A code that says no tie is kept, so that nothing vanishes before it is judged.

with crosswalk as (

    select * from {{ ref('relationship_crosswalk') }}

),

relationship_code as (

    select * from {{ ref('relationship_code') }}

),

stated as (

    select * from {{ ref('stg_childrens_social_care__relationship') }}

),

mother as (

    select * from {{ ref('stg_childrens_social_care__mother') }}

),

contact as (

    select * from {{ ref('stg_school__contact') }}

),

carer as (

    select
        record_id,
        unnest(array[linked_record_id_1, linked_record_id_2, linked_record_id_3])
            as linked_record_id,
        delivery_id,
        row_number
    from {{ ref('stg_adult_social_care__cld') }}
    where client_type like '%carer%'

),

family as (

    select
        record_id,
        source_family_id,
        max(delivery_id) as delivery_id,
        max(row_number) as row_number
    from {{ ref('stg_childrens_social_care__family') }}
    where record_id is not null and source_family_id is not null
    group by record_id, source_family_id

),

parameter as (

    select * from {{ ref('int_family_parameter__dated') }}

),

-- a family number of very many is a list of somebody's, and pairing it would never end
family_group as (

    select family.source_family_id
    from family
    cross join parameter
    group by family.source_family_id, parameter.family_group_people
    having count(*) between 2 and parameter.family_group_people

),

tenancy as (

    select distinct on (source_tenancy_id) * from {{ ref('stg_housing__tenancy') }}
    order by source_tenancy_id asc, delivery_id desc, row_number desc

),

member as (

    select
        member.*,
        greatest(member.started_on, tenancy.started_on) as lived_from_on,
        least(member.ended_on, tenancy.ended_on) as lived_to_on
    from {{ ref('stg_housing__member') }} as member
    left join tenancy on member.source_tenancy_id = tenancy.source_tenancy_id
    where member.is_organisation is not true

),

-- what a member is to the lead tenant says nothing where there are two lead tenants, or none
lead_tenant as (

    select
        source_tenancy_id,
        min(record_id) as record_id
    from member
    where role = 'lead_tenant'
    group by source_tenancy_id
    having count(distinct record_id) = 1

),

liability as not materialized (

    select * from {{ ref('stg_council_tax_liability__liability') }}

),

neighbour as (

    select * from {{ ref('stg_neighbouring_council__relationship') }}

),

sent as (

    select
        record_id,
        related_record_id,
        'childrens_social_care' as feed,
        'relationship' as basis,
        relationship_code as stated_code,
        null as relationship_code,
        started_on,
        ended_on,
        has_parental_responsibility,
        is_household_member,
        is_carer,
        delivery_id,
        'relationship' as source_table,
        row_number
    from stated
    union all
    select
        record_id,
        mother_record_id as related_record_id,
        'childrens_social_care' as feed,
        'mother' as basis,
        null as stated_code,
        'MTH' as relationship_code,
        null::date as started_on,
        null::date as ended_on,
        null::boolean as has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        delivery_id,
        'mother' as source_table,
        row_number
    from mother
    union all
    select
        pupil_record_id as record_id,
        record_id as related_record_id,
        'school' as feed,
        'school_contact' as basis,
        relationship_code as stated_code,
        null as relationship_code,
        null::date as started_on,
        null::date as ended_on,
        has_parental_responsibility,
        is_address_as_pupil as is_household_member,
        null::boolean as is_carer,
        delivery_id,
        'contact' as source_table,
        row_number
    from contact
    union all
    select
        member.record_id,
        lead_tenant.record_id as related_record_id,
        'housing' as feed,
        'tenancy' as basis,
        member.relationship_to_lead as stated_code,
        null as relationship_code,
        member.lived_from_on as started_on,
        member.lived_to_on as ended_on,
        null::boolean as has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        member.delivery_id,
        'member' as source_table,
        member.row_number
    from member
    inner join lead_tenant on member.source_tenancy_id = lead_tenant.source_tenancy_id
    where member.record_id <> lead_tenant.record_id and member.relationship_to_lead is not null
    union all
    select
        record_id,
        linked_record_id as related_record_id,
        'adult_social_care' as feed,
        'carer_link' as basis,
        null as stated_code,
        'CAREDFOR' as relationship_code,
        null::date as started_on,
        null::date as ended_on,
        null::boolean as has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        delivery_id,
        'cld' as source_table,
        row_number
    from carer
    where linked_record_id is not null
    union all
    select
        family.record_id,
        other.record_id as related_record_id,
        'childrens_social_care' as feed,
        'family_number' as basis,
        null as stated_code,
        'FAMMEMB' as relationship_code,
        null::date as started_on,
        null::date as ended_on,
        null::boolean as has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        family.delivery_id,
        'family' as source_table,
        family.row_number
    from family
    inner join family_group on family.source_family_id = family_group.source_family_id
    inner join family as other
        on
            family.source_family_id = other.source_family_id
            and family.record_id <> other.record_id
    union all
    -- who pays together may be anything to one another
    select
        liability.record_id,
        other.record_id as related_record_id,
        'council_tax_liability' as feed,
        'co_holder' as basis,
        null as stated_code,
        'COHOLDER' as relationship_code,
        greatest(liability.started_on, other.started_on) as started_on,
        least(liability.ended_on, other.ended_on) as ended_on,
        null::boolean as has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        liability.delivery_id,
        'liability' as source_table,
        liability.row_number
    from liability
    inner join liability as other
        on
            liability.source_account_id = other.source_account_id
            and liability.record_id <> other.record_id
    union all
    select
        record_id,
        related_record_id,
        'neighbouring_council' as feed,
        'neighbour' as basis,
        null as stated_code,
        relationship_code,
        started_on,
        ended_on,
        has_parental_responsibility,
        null::boolean as is_household_member,
        null::boolean as is_carer,
        delivery_id,
        'relationship' as source_table,
        row_number
    from neighbour

),

coded as (

    select
        sent.*,
        coalesce(crosswalk.direction = 'person_is', false) as is_turned,
        coalesce(sent.relationship_code, crosswalk.relationship_code) as conformed_code,
        case
            when sent.relationship_code is null
                then coalesce(crosswalk.relationship_group, 'unknown')
        end as stated_group,
        crosswalk.service_role
    from sent
    left join crosswalk
        on sent.feed = crosswalk.feed and upper(sent.stated_code) = upper(crosswalk.source_code)

),

-- some systems write down what the person is to the other
turned as (

    select
        case when coded.is_turned then coded.related_record_id else coded.record_id end
            as record_id,
        case when coded.is_turned then coded.record_id else coded.related_record_id end
            as related_record_id,
        coded.feed,
        coded.basis,
        coded.conformed_code as relationship_code,
        coalesce(relationship_code.relationship_group, coded.stated_group, 'unknown')
            as relationship_group,
        coded.service_role,
        coded.started_on,
        coded.ended_on,
        coded.has_parental_responsibility,
        coded.is_household_member,
        -- the column is about the related person, whichever of the two the code is about
        case when not coded.is_turned then coded.is_carer end as is_carer,
        coded.delivery_id,
        coded.source_table,
        coded.row_number
    from coded
    left join relationship_code on coded.conformed_code = relationship_code.relationship_code
    where coded.record_id is not null and coded.related_record_id is not null

)

select * from turned
