-- Takes open items out of the inbox without running anything; their runs stay failed. Those that are no longer open do not come back.
WITH target AS (
  SELECT id FROM dead_letter WHERE id = ANY ($1::uuid[]) AND workspace_id = $2 AND status = 'open' ORDER BY id FOR UPDATE
)
UPDATE dead_letter l SET status = 'discarded', closed_at = clock_timestamp(), closed_by = $3, close_reason = $4
FROM target t WHERE l.id = t.id
RETURNING l.id, l.run_id, l.step_id, l.issue_id
