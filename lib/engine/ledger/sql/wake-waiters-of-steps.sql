-- Wakes the runs that wait for the keys of steps, after a person has settled them: one of them may be next.
WITH waiter AS (
  DELETE FROM idempotency_waiter w USING idempotency_record r
  WHERE r.owner_step = ANY ($1::uuid[]) AND w.scope = r.scope AND w.key_hash = r.key_hash
  RETURNING w.run_id
)
SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec
  FROM (SELECT DISTINCT run_id FROM waiter) w))
