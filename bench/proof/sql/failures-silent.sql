-- What failed asks a person, except where the run as a whole ran out of time or was only a test.
SELECT 'run ' || r.id || ' failed and is not in the inbox: ' || coalesce(r.error, 'no reason') AS violation
FROM run r
WHERE r.workspace_id = $1 AND r.status = 'failed' AND r.mode = 'live' AND r.error::json ->> 'code' IS DISTINCT FROM 'run_deadline'
  AND NOT EXISTS (SELECT FROM dead_letter d WHERE d.run_id = r.id)
