{{ config(meta={"dagster": {"ref": {"name": "family_context"}}}) }}

-- A word that nobody has explained would be read as anybody likes.

with answer as (

    select
        involvement_status,
        status_reason
    from {{ ref('family_context') }}
    group by involvement_status, status_reason

),

explained as (

    select * from {{ ref('involvement_status') }}

)

select
    answer.involvement_status,
    answer.status_reason
from answer
left join explained
    on
        answer.involvement_status = explained.involvement_status
        and answer.status_reason is not distinct from explained.status_reason
where explained.involvement_status is null
