-- With its last open item an issue is resolved.
WITH emptied AS (
  SELECT i.id FROM issue i
  WHERE i.id = ANY ($1::uuid[]) AND i.status IN ('open', 'acknowledged', 'snoozed')
    AND NOT EXISTS (SELECT FROM dead_letter l WHERE l.issue_id = i.id AND l.status IN ('open', 'redriving'))
  ORDER BY i.id FOR UPDATE
)
UPDATE issue i SET status = 'resolved', resolved_at = clock_timestamp(), regressed = false
FROM emptied e WHERE i.id = e.id
RETURNING pg_notify('sluice_run', json_build_object('w', i.workspace_id, 'k', 'issue', 'i', json_build_array(i.id))::text)
