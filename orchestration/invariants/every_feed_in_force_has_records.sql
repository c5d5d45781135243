-- A delivery in force that holds rows, of which nobody is known, was lost on its way.
select
    delivery.feed as subject,
    1 as breaches
from ledger.delivery
inner join ledger.delivery_table on delivery.delivery_id = delivery_table.delivery_id
where
    delivery.status = 'in_force'
    -- an address register knows nobody
    and delivery.feed not in (
        select feed.feed from reference.feed
        where feed.kind = 'register'
    )
    and delivery.feed not in (
        select person_source_record.feed from marts.person_source_record
        where person_source_record.feed is not null
    )
group by delivery.feed
having sum(delivery_table.row_count) > 0
order by delivery.feed
