-- Puts a dead letter's step back at its start, with the edited input if there is one, and its run back in the queue.
-- Everything before the step is kept. Attempts count from 0 again, keys stay the same (engine.md 1.8).
WITH letter AS (
  UPDATE dead_letter SET status = 'redriving', edited_input = $3
  WHERE id = $1 AND workspace_id = $2 AND status = 'open'
  RETURNING run_id, step_id, issue_id
),
owner AS (
  SELECT r.id FROM run r JOIN letter l ON r.id = l.run_id WHERE r.status IN ('failed', 'running', 'waiting') FOR NO KEY UPDATE OF r
),
step_reset AS (
  UPDATE step s SET status = 'pending', wait_reason = NULL, wake_at = NULL, error = CASE WHEN s.error::json ->> 'class' = 'output_invalid' THEN s.error END,
    attempts_base = s.attempts, throttled_attempts = 0, lost_count = 0, started_at = NULL, finished_at = NULL, deadline_at = NULL,
    input = coalesce($3, s.input), input_ref = CASE WHEN $3 IS NULL THEN s.input_ref END
  FROM letter l JOIN owner o ON o.id = l.run_id
  WHERE s.run_id = l.run_id AND s.id = l.step_id AND s.status = 'failed'
  RETURNING s.run_id
),
run_reset AS (
  UPDATE run r SET
    status = CASE WHEN r.status = 'failed' THEN 'queued' ELSE r.status END,
    finished_at = NULL, error = NULL, redrive_count = r.redrive_count + 1,
    deadline_at = clock_timestamp() + (r.deadline_at - r.created_at),
    wake_requested = r.status <> 'failed',
    worker_id = CASE WHEN r.status = 'failed' THEN NULL ELSE r.worker_id END
  FROM step_reset s WHERE r.id = s.run_id
  RETURNING r.id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM run_reset))
),
logged AS (
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT $4, issue_id, $2, 'user', $5, 'redriven', json_build_object('deadLetterId', $1, 'runId', run_id, 'edited', $3 IS NOT NULL)::text FROM letter
)
SELECT r.id AS run_id, pg_notify('sluice_run', json_build_object('w', $2, 'k', 'run', 'i', json_build_array(r.id))::text),
  pg_notify('sluice_run', json_build_object('w', $2, 'k', 'issue', 'i', json_build_array(l.issue_id))::text)
FROM run_reset r, letter l, enqueued
