-- Keys of which nothing counts any more. What a run under way stands for does.
DELETE FROM arrival WHERE (workflow_id, control, key_hash) IN (
  SELECT a.workflow_id, a.control, a.key_hash FROM arrival a WHERE a.expires_at < clock_timestamp()
    AND (a.control = 'limit' OR NOT EXISTS (SELECT FROM run r WHERE r.id = a.run_id AND r.status IN ('queued', 'running', 'waiting')))
  LIMIT 5000)
  AND expires_at < clock_timestamp()
