-- A run that was woken while a worker held it has no job any more when that worker dies: the waking took the place of the job by
-- which it was driven, and was itself answered with wake_requested. Such runs get a job again. Safe to repeat.
WITH left_run AS (
  SELECT r.id FROM worker w JOIN run r ON r.worker_id = w.id AND r.status IN ('running', 'waiting')
  WHERE w.stopped_at > clock_timestamp() - interval '10 minutes' AND r.wake_requested
)
SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM left_run))
