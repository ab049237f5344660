-- A person has closed an item of a run: its compensation, if it was one, is over. When it was the last open one, nobody will take
-- the run further, and what it did is undone.
WITH skipped AS (
  UPDATE step SET status = 'skipped', finished_at = clock_timestamp() WHERE run_id = $1 AND id = $2 AND iteration LIKE '%~undo' AND status = 'failed'
),
settled AS (
  -- Asked in the middle of the undoing, the person's word closes the question.
  UPDATE step s SET unsettled = NULL FROM run r
  WHERE r.id = $1 AND r.undo_at IS NOT NULL AND s.run_id = $1 AND s.id = $2 AND s.iteration NOT LIKE '%~undo'
),
undoing AS (
  UPDATE run r SET status = 'queued', finished_at = NULL, worker_id = NULL, undo_at = coalesce(r.undo_at, clock_timestamp())
  WHERE r.id = $1 AND (r.status = 'failed' OR (r.status = 'canceled' AND r.undo_at IS NOT NULL))
    AND EXISTS (SELECT FROM step s WHERE s.run_id = $1 AND s.undo_seq IS NOT NULL)
    AND NOT EXISTS (SELECT FROM dead_letter l WHERE l.run_id = $1 AND l.status IN ('open', 'redriving'))
  RETURNING r.id
)
SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM undoing))
