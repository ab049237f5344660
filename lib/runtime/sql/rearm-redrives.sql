-- The same for bulk redrives: one that is not finished and has no job gets one, unless it waits for a person.
WITH orphan AS (
  SELECT r.id FROM redrive r
  WHERE r.finished_at IS NULL
    AND (r.status = 'running' OR EXISTS (SELECT FROM redrive_item i WHERE i.redrive_id = r.id AND i.state = 'running'))
    AND NOT EXISTS (
      SELECT FROM graphile_worker._private_jobs j WHERE j.key = 'redrive:' || r.id AND (j.is_available OR j.locked_at IS NOT NULL))
)
SELECT count(*)::int AS rearmed FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('redrive', json_build_object('redriveId', id), NULL, NULL, NULL, 'redrive:' || id, NULL, NULL)::graphile_worker.job_spec FROM orphan))
