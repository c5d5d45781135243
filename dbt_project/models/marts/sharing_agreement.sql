-- Grain: one row per role, need level and service.
--
-- An agreement that has ended shares nothing any more, nor what came while it held.

with sharing_rule as (

    select * from {{ ref('sharing_rule') }}

),

in_date as (

    select agreement_reference
    from {{ ref('agreement') }}
    where {{ as_of_date() }} between starts_on and coalesce(ends_on, {{ as_of_date() }})
    group by agreement_reference

),

sharing_agreement as (

    select
        sharing_rule.role::varchar(40) as role,  -- noqa: RF04
        sharing_rule.need_level::varchar(3) as need_level,
        sharing_rule.service::varchar(40) as service,
        (
            case when in_date.agreement_reference is null then 'No' else sharing_rule.is_shared end
        )::varchar(3) as is_shared,
        sharing_rule.reference::varchar(100) as reference
    from sharing_rule
    left join in_date on sharing_rule.reference = in_date.agreement_reference

)

select * from sharing_agreement
