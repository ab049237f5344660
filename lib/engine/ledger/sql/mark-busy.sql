-- Looks for workflows that keep others waiting: of the jobs that have waited for $1 ms, the first 200 of which a quarter or
-- more are fresh runs of one workflow. Cheap when nothing waits. What is over forgets itself. Gates of workflows that are held
-- back look whether there is room: those of their runs that were there before do not tell when they end.
WITH waiting AS (
  SELECT (payload ->> 'workflowId')::uuid AS workflow_id FROM graphile_worker._private_jobs
  WHERE is_available AND run_at < now() - $1::int * interval '1 millisecond'
  ORDER BY priority, run_at LIMIT 200
),
woken AS (
  SELECT wake_gates(ARRAY(SELECT b.workflow_id FROM busy_workflow b WHERE b.hold_until > '-infinity'
    AND EXISTS (SELECT FROM run_gate g WHERE g.workflow_id = b.workflow_id AND g.state = 'ready'))) AS gates
),
over AS (
  DELETE FROM busy_workflow WHERE busy_until < clock_timestamp() - interval '1 minute' AND hold_until < clock_timestamp() - interval '1 minute'
)
INSERT INTO busy_workflow AS b (workflow_id, busy_until, hold_until)
SELECT workflow_id, clock_timestamp() + interval '5 seconds', '-infinity'
FROM waiting CROSS JOIN (SELECT count(gates) FROM woken) w WHERE workflow_id IS NOT NULL
GROUP BY workflow_id HAVING count(*) >= 50 ORDER BY workflow_id
ON CONFLICT (workflow_id) DO UPDATE SET busy_until = excluded.busy_until
