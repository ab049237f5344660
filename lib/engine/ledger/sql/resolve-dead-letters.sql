-- A redriven step succeeded: its item leaves the inbox, and with the last item the issue is resolved.
WITH closed AS (
  UPDATE dead_letter SET status = 'resolved', closed_at = clock_timestamp(), close_reason = 'redriven'
  WHERE step_id = ANY ($1::uuid[]) AND status IN ('open', 'redriving')
  RETURNING id, issue_id, workspace_id
),
emptied AS (
  UPDATE issue i SET status = 'resolved', resolved_at = clock_timestamp(), regressed = false
  WHERE i.id IN (SELECT issue_id FROM closed) AND i.status IN ('open', 'acknowledged', 'snoozed')
    AND NOT EXISTS (
      SELECT FROM dead_letter l WHERE l.issue_id = i.id AND l.status IN ('open', 'redriving') AND l.id NOT IN (SELECT id FROM closed))
  RETURNING i.id
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_agg(DISTINCT issue_id))::text),
  (SELECT count(*) FROM emptied) AS resolved
FROM closed GROUP BY workspace_id
