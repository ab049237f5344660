-- Wakes the runs that wait for keys of runs which ended without moving them: one of them may be next, which the claim decides.
-- Those runs themselves wait for none any more.
WITH gone AS (
  DELETE FROM idempotency_waiter w USING idempotency_record r
  WHERE w.scope = r.scope AND w.key_hash = r.key_hash AND (r.owner_run = ANY ($1::uuid[]) OR w.run_id = ANY ($1::uuid[]))
  RETURNING w.run_id
)
SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec
  FROM (SELECT DISTINCT run_id FROM gone WHERE run_id <> ALL ($1::uuid[])) w))
