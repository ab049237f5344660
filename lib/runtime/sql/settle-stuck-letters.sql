-- A run can end without its redriven step having ended by itself: canceled, past its deadline, left out over a limit, ended by a
-- fault of ours. Its item must not stay "redriving" for ever: it is open again, or done when the run made it.
WITH ended AS (
  SELECT l.id, r.status FROM dead_letter l JOIN run r ON r.id = l.run_id
  WHERE l.status = 'redriving' AND l.replay_run_id IS NULL AND r.status IN ('succeeded', 'failed', 'canceled')
  LIMIT 1000
)
UPDATE dead_letter l SET
  status = CASE WHEN e.status = 'succeeded' THEN 'resolved' ELSE 'open' END,
  closed_at = CASE WHEN e.status = 'succeeded' THEN clock_timestamp() END,
  close_reason = CASE WHEN e.status = 'succeeded' THEN 'redriven' END
FROM ended e WHERE l.id = e.id AND l.status = 'redriving'
