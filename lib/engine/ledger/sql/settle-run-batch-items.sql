-- What became of the runs under way is read off the runs: nothing on the path of a run knows of bulk acts. Of a replay the new run
-- tells, of a cancel the run itself, which may have ended before it heard.
WITH ended AS (
  SELECT i.position, r.status FROM run_batch_item i LEFT JOIN run r ON r.id = coalesce(i.new_run_id, i.run_id)
  WHERE i.batch_id = $1 AND i.state = 'running' AND (r.id IS NULL OR r.status IN ('succeeded', 'failed', 'canceled'))
)
UPDATE run_batch_item i SET
  state = CASE WHEN e.status = CASE WHEN $2 = 'replay' THEN 'succeeded' ELSE 'canceled' END THEN 'succeeded' ELSE 'failed' END,
  reason = CASE
    WHEN e.status IS NULL THEN 'the run is not kept any more'
    WHEN $2 = 'cancel' AND e.status <> 'canceled' THEN 'it ended before it heard'
    WHEN $2 = 'replay' AND e.status = 'canceled' THEN 'its replay was canceled'
    WHEN $2 = 'replay' AND e.status = 'failed' THEN 'its replay failed'
  END
FROM ended e WHERE i.batch_id = $1 AND i.position = e.position
