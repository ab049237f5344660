-- How a bulk act on runs stands, and the job that goes on with it, in one statement. By its key there is one such job at a time.
WITH put AS (
  UPDATE run_batch SET next_at = to_timestamp($2::float8 / 1000),
    status = CASE WHEN $3::boolean AND status <> 'canceled' THEN 'completed' WHEN $4::text IS NOT NULL THEN 'paused' ELSE status END,
    status_reason = coalesce($4, CASE WHEN NOT $3 OR status = 'canceled' THEN status_reason END),
    finished_at = CASE WHEN $3 THEN clock_timestamp() END
  WHERE id = $1
  RETURNING id, workspace_id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('run-batch', json_build_object('batchId', id), NULL, to_timestamp($5::float8 / 1000), NULL, 'run-batch:' || id, NULL, NULL)::graphile_worker.job_spec
    FROM put WHERE $5::float8 IS NOT NULL))
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'run-batch', 'i', json_build_array(id))::text) FROM put, enqueued
