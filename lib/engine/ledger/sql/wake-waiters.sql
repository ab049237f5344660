-- Wakes the runs that wait for these keys. A statement of its own after the records were moved: one that began before it got
-- the records' locks would not see a waiter that was noted while it waited for them, and nobody else would wake it.
WITH waiter AS (
  DELETE FROM idempotency_waiter w USING unnest($1::text[], $2::bytea[]) AS t (scope, key_hash)
  WHERE w.scope = t.scope AND w.key_hash = t.key_hash
  RETURNING w.run_id
)
SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec
  FROM (SELECT DISTINCT run_id FROM waiter) w))
