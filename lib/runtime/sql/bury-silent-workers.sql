-- Declares silent workers dead, and hands their locked jobs to the living. Whoever runs it first does it; the rest find nothing.
WITH dead AS (
  UPDATE worker SET stopped_at = clock_timestamp()
  WHERE stopped_at IS NULL AND last_seen_at < clock_timestamp() - $1::int * interval '1 millisecond'
  RETURNING id, graphile_worker_ids
),
freed AS (
  SELECT graphile_worker.force_unlock_workers(ARRAY(SELECT unnest(graphile_worker_ids) FROM dead)) WHERE EXISTS (SELECT FROM dead)
)
SELECT id FROM dead LEFT JOIN (SELECT count(*) FROM freed) f ON true
