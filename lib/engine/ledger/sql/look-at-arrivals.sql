-- The clock, read after the lock, and how the runs stand that the locked rows name. Those of $2 must not be claimed or canceled
-- until we are done: one that gathers is to be of a newer event, one that goes is to give way.
WITH locked AS MATERIALIZED (
  SELECT id, status, cancel_requested_at FROM run WHERE id = ANY ($2::uuid[]) ORDER BY id FOR NO KEY UPDATE
),
looked AS (
  SELECT * FROM locked UNION ALL SELECT id, status, cancel_requested_at FROM run WHERE id = ANY ($1::uuid[])
)
SELECT c.now_ms, l.id, l.status IN ('queued', 'running', 'waiting') AND l.cancel_requested_at IS NULL AS unfinished,
  l.status = 'queued' AND l.cancel_requested_at IS NULL
    AND EXISTS (SELECT FROM run_gate g WHERE g.run_id = l.id AND g.state = 'gathering') AS gathers
FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms) c LEFT JOIN looked l ON true
