-- An accepted event is never without its run.
SELECT 'event ' || e.id || ' was accepted and has no run' AS violation
FROM event e WHERE e.workspace_id = $1 AND e.outcome = 'accepted' AND NOT EXISTS (SELECT FROM run r WHERE r.id = e.run_id)
