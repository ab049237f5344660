-- Wakes the runs that wait for these keys: all of them when there is a result ($3), else the one that has waited longest, which
-- makes the call. A statement of its own after the records were moved: one that began before it got the records' locks would
-- not see a waiter that was noted while it waited for them, and nobody else would wake it.
WITH due AS (
  SELECT * FROM unnest($1::text[], $2::bytea[], $3::boolean[]) AS t (scope, key_hash, everyone)
),
next AS (
  SELECT DISTINCT ON (w.scope, w.key_hash) w.scope, w.key_hash, w.step_id
  FROM idempotency_waiter w JOIN due d ON d.scope = w.scope AND d.key_hash = w.key_hash AND NOT d.everyone
  JOIN run r ON r.id = w.run_id AND r.status NOT IN ('succeeded', 'failed', 'canceled')
  ORDER BY w.scope, w.key_hash, w.run_id, w.step_id
),
waiter AS (
  DELETE FROM idempotency_waiter w USING due d
  WHERE w.scope = d.scope AND w.key_hash = d.key_hash
    AND (d.everyone OR EXISTS (SELECT FROM next n WHERE n.scope = w.scope AND n.key_hash = w.key_hash AND n.step_id = w.step_id))
  RETURNING w.run_id
)
SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec
  FROM (SELECT DISTINCT run_id FROM waiter) w))
