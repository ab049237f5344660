-- After the heal and the drain every run has ended, or waits with a job that will wake it.
SELECT 'run ' || r.id || ' is ' || r.status || CASE WHEN j.id IS NULL THEN ' and nothing will wake it' ELSE ' still' END AS violation
FROM run r LEFT JOIN graphile_worker._private_jobs j ON j.key = 'run:' || r.id AND (j.is_available OR j.locked_at IS NOT NULL)
WHERE r.workspace_id = $1 AND r.status IN ('queued', 'running', 'waiting') AND (j.id IS NULL OR $2::boolean)
