-- The same for bulk acts on runs.
WITH orphan AS (
  SELECT b.id FROM run_batch b
  WHERE b.finished_at IS NULL
    AND (b.status = 'running' OR EXISTS (SELECT FROM run_batch_item i WHERE i.batch_id = b.id AND i.state = 'running'))
    AND NOT EXISTS (
      SELECT FROM graphile_worker._private_jobs j WHERE j.key = 'run-batch:' || b.id AND (j.is_available OR j.locked_at IS NOT NULL))
)
SELECT count(*)::int AS rearmed FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('run-batch', json_build_object('batchId', id), NULL, NULL, NULL, 'run-batch:' || id, NULL, NULL)::graphile_worker.job_spec FROM orphan))
