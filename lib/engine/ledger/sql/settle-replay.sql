-- What became of the run an item was replayed as. It succeeded: the item is done. It has an item of its own: that one takes the place
-- of this, so that the same work does not wait twice. Else the item is open again. Not ended yet: look again, less and less often.
WITH letter AS (
  SELECT l.id, l.workspace_id, l.issue_id, r.status AS run_status, r.id AS run_id, r.created_at,
    EXISTS (SELECT FROM dead_letter o WHERE o.run_id = l.replay_run_id AND o.status IN ('open', 'redriving')) AS replaced
  FROM dead_letter l LEFT JOIN run r ON r.id = l.replay_run_id
  WHERE l.id = $1 AND l.status = 'redriving' AND l.replay_run_id IS NOT NULL
  FOR UPDATE OF l
),
settled AS (
  UPDATE dead_letter l SET
    status = CASE WHEN t.run_status = 'succeeded' OR t.replaced THEN 'resolved' ELSE 'open' END,
    closed_at = CASE WHEN t.run_status = 'succeeded' OR t.replaced THEN clock_timestamp() END,
    close_reason = CASE WHEN t.run_status = 'succeeded' THEN 'replayed' WHEN t.replaced THEN 'its replay has an item of its own' END
  FROM letter t
  WHERE l.id = t.id AND (t.run_status IN ('succeeded', 'failed', 'canceled') OR t.run_id IS NULL)
  RETURNING l.id, l.workspace_id, l.issue_id
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('settle-replay', json_build_object('deadLetterId', id), NULL,
      clock_timestamp() + least(interval '1 minute', greatest(interval '500 ms', (clock_timestamp() - created_at) / 4)),
      NULL, 'letter:' || id, NULL, NULL)::graphile_worker.job_spec
    FROM letter WHERE run_id IS NOT NULL AND run_status NOT IN ('succeeded', 'failed', 'canceled')))
)
SELECT s.issue_id,
  CASE WHEN s.id IS NOT NULL THEN pg_notify('sluice_run', json_build_object('w', s.workspace_id, 'k', 'issue', 'i', json_build_array(s.issue_id))::text) END
FROM enqueued LEFT JOIN settled s ON true
