-- Asks runs to end. A worker that holds one hears of it at once; a parked or queued one is woken to end itself.
WITH target AS (
  SELECT id, status FROM run WHERE id = ANY ($1::uuid[]) AND workspace_id = $2 AND status NOT IN ('succeeded', 'failed', 'canceled')
  ORDER BY id FOR NO KEY UPDATE
),
asked AS (
  UPDATE run SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()) WHERE id IN (SELECT id FROM target)
  RETURNING id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM asked))
)
SELECT id, status, pg_notify('sluice_cancel', id::text) FROM asked JOIN target USING (id), enqueued
