-- Gives strays back to all workers, with a job in the same statement. One that was claimed since has another fence and is left alone.
WITH freed AS (
  UPDATE run r SET worker_id = NULL FROM unnest($2::uuid[], $3::int[]) AS stray (id, fence)
  WHERE r.id = stray.id AND r.fence = stray.fence AND r.worker_id = $1 AND r.status IN ('running', 'waiting')
  RETURNING r.id
)
SELECT count(*)::int AS freed FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM freed))
