-- The "no orphan" invariant (engine.md part 4): every unfinished run has a job, or is held at a gate. One without (a job that failed for good,
-- a bug) gets one again; where a living worker does hold the run, the extra job only makes it look once more. Very young
-- runs are left alone: their job may be just ending.
WITH orphan AS (
  SELECT r.id FROM run r
  WHERE r.status IN ('queued', 'running', 'waiting') AND r.id < uuid_at(clock_timestamp() - interval '1 minute')
    AND NOT (r.gated AND EXISTS (SELECT FROM run_gate g WHERE g.run_id = r.id AND g.state IN ('gathering', 'new', 'behind', 'ready')))
    AND NOT EXISTS (
      SELECT FROM graphile_worker._private_jobs j WHERE j.key = 'run:' || r.id AND (j.is_available OR j.locked_at IS NOT NULL))
  LIMIT 500
)
SELECT count(*)::int AS rearmed FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM orphan))
