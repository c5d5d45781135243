-- The services of the register, no more and no fewer, have a coverage.
select
    coalesce(service.service, service_coverage.service) as subject,
    1 as breaches
from reference.service
full join marts.service_coverage on service.service = service_coverage.service
where service.service is null or service_coverage.service is null
order by subject
