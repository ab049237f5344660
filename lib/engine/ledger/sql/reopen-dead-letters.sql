-- Takes the discarding of items back: they are open again, and so is an issue that was resolved without them. What can no longer go
-- on stays discarded and does not come back: the run is gone or was undone since, or its step has an item again.
WITH target AS (
  SELECT l.id, l.issue_id FROM dead_letter l JOIN run r ON r.id = l.run_id JOIN step s ON s.run_id = l.run_id AND s.id = l.step_id
  WHERE l.id = ANY ($1::uuid[]) AND l.workspace_id = $2 AND l.status = 'discarded'
    AND r.status IN ('failed', 'succeeded') AND r.undo_at IS NULL AND s.status = 'failed'
    AND NOT EXISTS (SELECT FROM dead_letter o WHERE o.step_id = l.step_id AND o.status IN ('open', 'redriving'))
  ORDER BY l.id FOR UPDATE OF l
),
opened AS (
  UPDATE dead_letter l SET status = 'open', closed_at = NULL, closed_by = NULL, close_reason = NULL
  FROM target t WHERE l.id = t.id
  RETURNING l.id, l.issue_id
),
issue_put AS (
  UPDATE issue i SET status = 'open', resolved_at = NULL, opened_at = clock_timestamp()
  WHERE i.id IN (SELECT issue_id FROM opened) AND i.status = 'resolved' AND i.merged_into IS NULL
  RETURNING i.id
),
announced AS (
  SELECT pg_notify('sluice_run', json_build_object('w', $2::uuid, 'k', 'issue', 'i', json_agg(DISTINCT issue_id))::text) FROM opened
)
SELECT o.id FROM opened o, (SELECT count(*) FROM announced) a, (SELECT count(*) FROM issue_put) p
