-- Asks the children a run waits for to end, as cancel-runs.sql does with those named.
WITH asked AS (
  UPDATE run SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
  WHERE id IN (SELECT id FROM run WHERE parent_run_id = $1 AND workspace_id = $2 AND parent_step_id IS NOT NULL
    AND status NOT IN ('succeeded', 'failed', 'canceled') ORDER BY id FOR NO KEY UPDATE)
  RETURNING id
),
woken AS (
  SELECT wake_runs(ARRAY(SELECT id FROM asked)) AS count
)
SELECT a.id, pg_notify('sluice_cancel', a.id::text) FROM asked a, woken
