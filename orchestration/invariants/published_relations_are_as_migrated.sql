-- Owners, grants, view definitions, columns, constraints and policies are what the migrations made.
select
    coalesce(expected.relation, found.relation) as subject,
    1 as breaches
from published.as_migrated as expected
full join published.fingerprint() as found on expected.relation = found.relation
where expected.fingerprint is distinct from found.fingerprint
order by subject
