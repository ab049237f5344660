-- Puts the steps of open dead letters back at their start, with the edited input if there is one, else as they failed first, and their
-- runs back in the queue. Everything before the step is kept; of a loop, every item but its own. The loops around it are taken up again when the
-- run is claimed (resume-loops.ts), also in a run that has succeeded without the item. Attempts count from 0 again, keys stay the
-- same unless new ones are asked for (engine.md 1.8). An item whose run
-- can no longer go on stays as it is and does not come back. Lock order: items by id, then runs by id.
WITH wish AS (
  -- $3: the edited input of each, or null.
  SELECT * FROM unnest($1::uuid[], $3::text[]) AS t (id, edited)
),
target AS (
  SELECT l.id, l.run_id, l.step_id, l.issue_id, l.iteration LIKE '%~undo' AS undo, w.edited,
    coalesce(w.edited, CASE WHEN l.edited_input IS NOT NULL THEN l.input END) AS input
  FROM dead_letter l JOIN wish w ON w.id = l.id
  WHERE l.id = ANY ($1::uuid[]) AND l.workspace_id = $2 AND l.status = 'open'
  ORDER BY l.id FOR UPDATE OF l
),
owner AS (
  SELECT r.id, r.undo_at IS NOT NULL AS undoing FROM run r
  WHERE r.id IN (SELECT run_id FROM target)
    AND (r.status IN ('failed', 'succeeded', 'running', 'waiting') OR (r.status = 'canceled' AND r.undo_at IS NOT NULL))
  ORDER BY r.id FOR NO KEY UPDATE
),
step_reset AS (
  UPDATE step s SET status = 'pending', wait_reason = NULL, wake_at = NULL, error = CASE WHEN s.error::json ->> 'class' = 'output_invalid' THEN s.error END,
    attempts_base = s.attempts, throttled_attempts = 0, lost_count = 0, started_at = NULL, finished_at = NULL, deadline_at = NULL,
    input = coalesce(t.input, s.input), input_ref = CASE WHEN t.input IS NULL THEN s.input_ref END, key_generation = s.key_generation + $5::boolean::int
  FROM target t JOIN owner o ON o.id = t.run_id AND o.undoing = t.undo -- what is half undone is not taken forward
  WHERE s.run_id = t.run_id AND s.id = t.step_id AND s.status = 'failed'
  RETURNING s.run_id, t.id AS dead_letter_id, t.issue_id, t.edited
),
letter_put AS (
  UPDATE dead_letter l SET status = 'redriving', edited_input = s.edited, replay_run_id = NULL FROM step_reset s WHERE l.id = s.dead_letter_id
),
run_reset AS (
  UPDATE run r SET
    status = CASE WHEN r.status IN ('failed', 'succeeded', 'canceled') THEN 'queued' ELSE r.status END,
    finished_at = NULL, error = NULL, redrive_count = r.redrive_count + 1, priority = $4::smallint,
    deadline_at = clock_timestamp() + (r.deadline_at - r.created_at),
    wake_requested = r.status NOT IN ('failed', 'succeeded', 'canceled'),
    worker_id = CASE WHEN r.status IN ('failed', 'succeeded', 'canceled') THEN NULL ELSE r.worker_id END
  WHERE r.id IN (SELECT run_id FROM step_reset)
  RETURNING r.id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, $4::int, NULL)::graphile_worker.job_spec FROM run_reset))
),
changed AS (
  SELECT 'run' AS kind, id FROM run_reset UNION SELECT 'issue', issue_id FROM step_reset
),
announced AS (
  -- A notice holds 8,000 bytes, so not all ids of a large group.
  SELECT pg_notify('sluice_run', json_build_object('w', $2::uuid, 'k', kind, 'i', json_agg(id))::text)
  FROM (SELECT kind, id, (row_number() OVER (PARTITION BY kind)) / 150 AS part FROM changed) c GROUP BY kind, part
)
SELECT s.dead_letter_id, s.run_id FROM step_reset s, enqueued, (SELECT count(*) FROM announced) a
