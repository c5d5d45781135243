-- Each fact names the delivery that first sent it. One that was refused has sent nothing.
with stated as (

    select
        'person_source_record' as subject,
        delivery_id
    from marts.person_source_record
    union all
    select
        'person_relationship' as subject,
        delivery_id
    from marts.person_relationship
    union all
    select
        'service_involvement' as subject,
        delivery_id
    from marts.service_involvement
    union all
    select
        'family_explanation' as subject,
        delivery_id
    from marts.family_explanation
    union all
    select
        'correction_report' as subject,
        delivery_id
    from marts.correction_report

)

select
    stated.subject,
    count(*) as breaches
from stated
left join ledger.delivery
    on
        stated.delivery_id = delivery.delivery_id
        and delivery.status in ('in_force', 'superseded')
where stated.delivery_id is not null and delivery.delivery_id is null
group by stated.subject
order by stated.subject
