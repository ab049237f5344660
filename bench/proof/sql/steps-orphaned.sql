-- A run that succeeded has no unfinished step; a step that waits for news and not for a time is known to whoever has the news.
SELECT 'step ' || s.node_id || s.iteration || ' of run ' || r.id || ' is ' || s.status || coalesce(' (' || s.wait_reason || ')', '') || ' although the run succeeded' AS violation
FROM step s JOIN run r ON r.id = s.run_id
WHERE r.workspace_id = $1 AND r.status = 'succeeded' AND s.status IN ('pending', 'running', 'waiting')
UNION ALL
SELECT 'step ' || s.node_id || s.iteration || ' of run ' || r.id || ' waits for the first of its key, which does not know of it'
FROM step s JOIN run r ON r.id = s.run_id
WHERE r.workspace_id = $1 AND r.status = 'waiting' AND s.status = 'waiting' AND s.wait_reason = 'duplicate' AND s.wake_at IS NULL
  AND NOT EXISTS (SELECT FROM idempotency_waiter w WHERE w.step_id = s.id)
