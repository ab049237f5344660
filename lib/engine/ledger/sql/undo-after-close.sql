-- A person has closed items of runs ($1 and $2: run and step of each): a compensation that was one of them is over. Where it was the
-- last open item of its run, nobody will take the run further, and what it did is undone.
WITH skipped AS (
  UPDATE step SET status = 'skipped', finished_at = clock_timestamp()
  WHERE run_id = ANY ($1::uuid[]) AND id = ANY ($2::uuid[]) AND iteration LIKE '%~undo' AND status = 'failed'
),
settled AS (
  -- Asked in the middle of the undoing, the person's word closes the question.
  UPDATE step s SET unsettled = NULL FROM run r
  WHERE r.id = ANY ($1::uuid[]) AND r.undo_at IS NOT NULL AND s.run_id = r.id AND s.id = ANY ($2::uuid[]) AND s.iteration NOT LIKE '%~undo'
),
ended AS (
  SELECT r.id FROM run r
  WHERE r.id = ANY ($1::uuid[]) AND (r.status = 'failed' OR (r.status = 'canceled' AND r.undo_at IS NOT NULL))
    AND EXISTS (SELECT FROM step s WHERE s.run_id = r.id AND s.undo_seq IS NOT NULL)
    AND NOT EXISTS (SELECT FROM dead_letter l WHERE l.run_id = r.id AND l.status IN ('open', 'redriving'))
  ORDER BY r.id FOR NO KEY UPDATE
),
undoing AS (
  UPDATE run r SET status = 'queued', finished_at = NULL, worker_id = NULL, undo_at = coalesce(r.undo_at, clock_timestamp())
  FROM ended e WHERE r.id = e.id AND r.id = ANY ($1::uuid[])
  RETURNING r.id
)
SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
  SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, NULL, NULL)::graphile_worker.job_spec FROM undoing))
