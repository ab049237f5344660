-- After the heal and the drain every run has ended, or waits with a job that will wake it.
SELECT 'run ' || r.id || ' is ' || r.status || coalesce(' (' || (SELECT string_agg(DISTINCT s.wait_reason, ', ') FROM step s WHERE s.run_id = r.id AND s.status = 'waiting') || ')', '')
  || CASE WHEN j.id IS NULL THEN ' and nothing will wake it' ELSE ' still: its job is due in ' || extract(epoch FROM j.run_at - now())::int || ' s, tried '
    || j.attempts || ' times' || CASE WHEN j.locked_by IS NULL THEN '' ELSE ', locked by ' || j.locked_by || ' for ' || extract(epoch FROM now() - j.locked_at)::int || ' s' END
    || coalesce(': ' || left(j.last_error, 100), '') END
  || coalesce(', held by a worker that ' || (SELECT CASE WHEN w.stopped_at IS NULL THEN 'lives' ELSE 'is dead' END FROM worker w WHERE w.id = r.worker_id), '') AS violation
FROM run r LEFT JOIN graphile_worker._private_jobs j ON j.key = 'run:' || r.id AND (j.is_available OR j.locked_at IS NOT NULL)
WHERE r.workspace_id = $1 AND r.status IN ('queued', 'running', 'waiting') AND (j.id IS NULL OR $2::boolean)
