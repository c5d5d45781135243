-- A green run is no proof that dbt built anything: the marts must know the deliveries that the
-- ledger holds in force, no earlier ones.
with in_force as (

    select
        feed,
        delivery_id
    from ledger.delivery
    where status = 'in_force'

)

select
    coalesce(in_force.feed, feed_freshness.feed) as subject,
    1 as breaches
from in_force
full join marts.feed_freshness on in_force.feed = feed_freshness.feed
where in_force.delivery_id is distinct from feed_freshness.delivery_id
order by subject
