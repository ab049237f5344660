-- Stores what came from outside for a step, if it is the first, together with the job that wakes the run: whoever gets a 2xx
-- after it can rely on both. It may come before the step is reached. A failed run takes it as long as a person may redrive
-- it: what it waited for may well come meanwhile. No row: there is no such run.
WITH target AS (
  SELECT r.id,
    r.status IN ('succeeded', 'canceled')
      OR (r.status = 'failed' AND NOT EXISTS (SELECT FROM dead_letter l WHERE l.run_id = r.id AND l.status IN ('open', 'redriving')))
      OR coalesce(s.status IN ('succeeded', 'skipped', 'deduplicated'), false) AS over
  FROM run r LEFT JOIN step s ON s.run_id = r.id AND s.node_id = $7 AND s.iteration = $8
  WHERE r.id = $2 AND r.workspace_id = $3
),
put AS (
  INSERT INTO signal (step_id, run_id, workspace_id, kind, payload, sent_by)
  SELECT $1, $2, $3, $4, $5, $6 FROM target WHERE NOT over
  ON CONFLICT (step_id) DO NOTHING
  RETURNING run_id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec FROM put))
),
closed AS (
  UPDATE approval a SET closed_at = clock_timestamp() FROM put WHERE a.id = $1 AND a.closed_at IS NULL
)
SELECT t.over, EXISTS (SELECT FROM put) AS first, (SELECT kind FROM signal WHERE step_id = $1) AS known FROM target t, enqueued
