-- Frees the places of these holders, and names as many of those who wait for one, longest first. Named ones no longer
-- count as waiting, so that the next release names others.
WITH gone AS (
  DELETE FROM concurrency_lease WHERE holder = ANY ($1::text[]) RETURNING pool_id
),
left_queue AS (
  DELETE FROM throttle_wait WHERE holder = ANY ($1::text[])
),
freed AS (
  SELECT pool_id, count(*) AS places FROM gone GROUP BY pool_id
),
next AS (
  SELECT w.holder FROM freed f CROSS JOIN LATERAL (
    SELECT t.holder FROM throttle_wait t
    WHERE t.bucket_id = f.pool_id AND t.wake_at > clock_timestamp() AND t.holder <> ALL ($1::text[])
    ORDER BY t.queued_at LIMIT f.places FOR UPDATE SKIP LOCKED
  ) w
)
UPDATE throttle_wait t SET wake_at = clock_timestamp() FROM next WHERE t.holder = next.holder
RETURNING t.holder
