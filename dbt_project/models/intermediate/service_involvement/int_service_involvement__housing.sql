-- Grain: one row per person of a tenancy's household.

with member as (

    select * from {{ ref('stg_housing__member') }}
    where is_organisation is not true

),

tenancy as (

    select distinct on (source_tenancy_id) * from {{ ref('stg_housing__tenancy') }}
    order by source_tenancy_id asc, delivery_id desc, row_number desc

),

tenure as (

    select * from {{ ref('housing_tenure_crosswalk') }}

),

event as (

    select
        source_tenancy_id,
        max(greatest(opened_on, closed_on)) as last_event_on
    from {{ ref('stg_housing__event') }}
    where opened_on <= {{ as_of_date() }} and coalesce(closed_on, opened_on) <= {{ as_of_date() }}
    group by source_tenancy_id

),

record_set_aside as (

    select * from {{ ref('stg_quarantine__record_set_aside') }}
    where feed = 'housing'

),

joined as (

    select
        -- keys
        {{
            hash_key([
                "'housing'",
                "member.source_tenancy_id",
                "coalesce(member.record_id, '')",
            ])
        }} as spell_id,
        member.source_tenancy_id as source_spell_id,
        member.record_id,
        'housing' as service,
        'housing' as feed,

        -- what: nobody is in a tenancy before it starts or after it ends
        'tenancy' as involvement_type,
        member.role,
        tenure.tenure as category,
        greatest(member.started_on, tenancy.started_on) as started_on,
        least(member.ended_on, tenancy.ended_on) as ended_on,
        -- a household without its tenancy is of one that has left the extract
        tenancy.source_tenancy_id is null as is_closed,
        greatest(
            member.started_on,
            tenancy.started_on,
            least(member.ended_on, tenancy.ended_on),
            event.last_event_on
        ) as last_interaction_on,

        -- whom to call
        coalesce(tenancy.landlord_name, tenancy.organisation_name) as provider_name,
        tenancy.team_name,
        tenancy.worker_name as contact_name,
        tenancy.worker_role as contact_role,
        tenancy.worker_phone as contact_phone,
        tenancy.worker_email as contact_email,

        -- for the service's own view
        tenancy.landlord_name,
        tenure.source_label as tenure,

        -- audit
        member.delivery_id,
        'member' as source_table,
        member.row_number
    from member
    left join tenancy on member.source_tenancy_id = tenancy.source_tenancy_id
    -- some landlords send the label instead of the code
    left join tenure
        on tenancy.tenure_code in (upper(tenure.source_code), upper(tenure.source_label))
    left join event on member.source_tenancy_id = event.source_tenancy_id
    left join record_set_aside on member.record_id = record_set_aside.record_id
    -- of a tenancy that was set aside we do not know that it has ended
    where tenancy.source_tenancy_id is not null or record_set_aside.record_id is null

)

select * from joined
