-- A bucket without grants in its window and without a pause is as good as one that was never there. What somebody is
-- just using is left for the next time. A level that was lowered is kept until it has certainly risen again.
WITH lease AS (
  DELETE FROM concurrency_lease l USING (
    SELECT pool_id, holder FROM concurrency_lease WHERE lease_until < clock_timestamp() - interval '1 minute' LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) ended
  WHERE l.pool_id = ended.pool_id AND l.holder = ended.holder
),
wait AS (
  DELETE FROM throttle_wait w USING (
    -- Of an ended run: giving up a place is best effort, and a worker that was killed or cut off may leave it behind. Looked up
    -- run by run, because a join would be planned over all runs there are.
    SELECT holder FROM throttle_wait waiting
    WHERE wake_at < clock_timestamp() - interval '1 hour'
      OR (SELECT r.status FROM run r WHERE r.id = waiting.run_id) IN ('succeeded', 'failed', 'canceled')
    LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) left_over
  WHERE w.holder = left_over.holder
),
learned AS (
  DELETE FROM learned_limit WHERE seen_at < clock_timestamp() - interval '7 days'
)
DELETE FROM throttle_bucket b USING (
  SELECT bucket_id, period_ms FROM throttle_bucket
  WHERE coalesce(greatest(groups[cardinality(groups)], open_at, blocked_until), '-infinity')
    < clock_timestamp() - period_ms * interval '2 milliseconds' - interval '1 minute'
    AND (lowered_at IS NULL OR lowered_at < clock_timestamp() - period_ms * interval '42 milliseconds' - interval '15 minutes')
  LIMIT 1000 FOR UPDATE SKIP LOCKED
) idle
WHERE b.bucket_id = idle.bucket_id AND b.period_ms = idle.period_ms
