-- A run that was replaced may still be at work: only the newest may publish.
select
    'run' as subject,
    count(*) as breaches
from (select max(run_id) as newest_run_id from ledger.run) as run
where coalesce(run.newest_run_id, 0) <> current_setting('publishing.run_id')::bigint
