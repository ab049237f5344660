-- A budget nobody has used for an hour is as good as a fresh one; a turn nobody came for is over.
WITH idle AS (
  DELETE FROM retry_budget b USING (
    SELECT id FROM retry_budget WHERE updated_at < clock_timestamp() - interval '1 hour' AND tokens >= 0 LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) old
  WHERE b.id = old.id
)
DELETE FROM retry_turn WHERE due_at < clock_timestamp() - interval '1 hour'
