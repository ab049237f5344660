-- How a bulk redrive stands, and the job that goes on with it, in one statement. By its key there is one such job at a time.
WITH put AS (
  UPDATE redrive SET next_at = to_timestamp($2::float8 / 1000), canary_passed = $3,
    status = CASE WHEN $4::boolean AND status <> 'canceled' THEN 'completed' WHEN $5::text IS NOT NULL THEN 'paused' ELSE status END,
    status_reason = coalesce($5, CASE WHEN NOT $4 THEN status_reason END),
    finished_at = CASE WHEN $4 THEN clock_timestamp() END
  WHERE id = $1
  RETURNING id, workspace_id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('redrive', json_build_object('redriveId', id), NULL, to_timestamp($6::float8 / 1000), NULL, 'redrive:' || id, NULL, NULL)::graphile_worker.job_spec
    FROM put WHERE $6::float8 IS NOT NULL))
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'redrive', 'i', json_build_array(id))::text) FROM put, enqueued
