-- A lost record is a service nobody sees; a doubled one is shown on two people's pages.
with sent as (

    select distinct record_id from intermediate.int_person__unioned

)

select
    'person_source_record' as subject,
    count(*) as breaches
from sent
full join marts.person_source_record on sent.record_id = person_source_record.record_id
where sent.record_id is null or person_source_record.person_id is null
