-- The same for items that were replayed as another run: each is looked after by a job until that run has ended.
WITH orphan AS (
  SELECT l.id FROM dead_letter l
  WHERE l.status = 'redriving' AND l.replay_run_id IS NOT NULL
    AND NOT EXISTS (
      SELECT FROM graphile_worker._private_jobs j WHERE j.key = 'letter:' || l.id AND (j.is_available OR j.locked_at IS NOT NULL))
  LIMIT 500
)
SELECT count(*)::int AS rearmed FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('settle-replay', json_build_object('deadLetterId', id), NULL, NULL, NULL, 'letter:' || id, NULL, NULL)::graphile_worker.job_spec FROM orphan))
