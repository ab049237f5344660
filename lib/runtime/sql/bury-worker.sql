-- Declares one worker process dead because its supervisor saw it end.
WITH dead AS (
  UPDATE worker SET stopped_at = clock_timestamp() WHERE stopped_at IS NULL AND host = $1 AND pid = $2
  RETURNING id, graphile_worker_ids
),
freed AS (
  SELECT graphile_worker.force_unlock_workers(ARRAY(SELECT unnest(graphile_worker_ids) FROM dead)) WHERE EXISTS (SELECT FROM dead)
)
SELECT id FROM dead LEFT JOIN (SELECT count(*) FROM freed) f ON true
