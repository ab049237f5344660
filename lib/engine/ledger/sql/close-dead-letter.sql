-- Takes an item out of the inbox without running anything; the run stays failed.
UPDATE dead_letter SET status = 'discarded', closed_at = clock_timestamp(), closed_by = $3, close_reason = $4
WHERE id = $1 AND workspace_id = $2 AND status = 'open'
RETURNING run_id, step_id, issue_id
