-- A person says that the call was applied: the step succeeds with the result they give, and the run goes on behind it. A run that
-- succeeded without this item of a loop takes the loop up again.
WITH letter AS (
  UPDATE dead_letter SET status = 'resolved', closed_at = clock_timestamp(), closed_by = $4, close_reason = 'decided: done'
  WHERE id = $1 AND workspace_id = $2 AND status = 'open'
  RETURNING run_id, step_id, issue_id
),
owner AS (
  SELECT r.id FROM run r JOIN letter l ON r.id = l.run_id WHERE r.status IN ('failed', 'succeeded') OR (r.status = 'canceled' AND r.undo_at IS NOT NULL) FOR NO KEY UPDATE OF r
),
step_done AS (
  UPDATE step s SET status = 'succeeded', port = 'out', output = $3, output_ref = NULL, error = NULL, unsettled = NULL, finished_at = clock_timestamp()
  FROM letter l JOIN owner o ON o.id = l.run_id
  WHERE s.run_id = l.run_id AND s.id = l.step_id AND s.status = 'failed'
  RETURNING s.run_id, s.id
),
record_done AS (
  UPDATE idempotency_record r SET state = 'succeeded', result = json_build_object('port', 'out', 'output', $3::json)::text
  FROM step_done s WHERE r.owner_step = s.id AND r.state IN ('unknown_outcome', 'sent')
),
run_reset AS (
  UPDATE run r SET status = 'queued', finished_at = NULL, error = NULL, redrive_count = r.redrive_count + 1, worker_id = NULL,
    deadline_at = clock_timestamp() + (r.deadline_at - r.created_at)
  FROM step_done s WHERE r.id = s.run_id
  RETURNING r.id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM run_reset))
)
SELECT r.id AS run_id, l.issue_id FROM run_reset r, letter l, enqueued
