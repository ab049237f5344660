-- The item waits for the run it was replayed as; the job looks after it.
WITH letter AS (
  UPDATE dead_letter SET status = 'redriving', replay_run_id = $3, edited_input = $4 WHERE id = $1 AND workspace_id = $2 AND status = 'open'
  RETURNING id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('settle-replay', json_build_object('deadLetterId', id), NULL, clock_timestamp() + interval '500 ms', NULL, 'letter:' || id, NULL, NULL)::graphile_worker.job_spec
    FROM letter))
)
SELECT id FROM letter, enqueued
