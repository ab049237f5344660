UPDATE issue i SET status = 'resolved', resolved_at = clock_timestamp(), regressed = false
WHERE i.id = $1 AND i.status IN ('open', 'acknowledged', 'snoozed')
  AND NOT EXISTS (SELECT FROM dead_letter l WHERE l.issue_id = i.id AND l.status IN ('open', 'redriving'))
RETURNING pg_notify('sluice_run', json_build_object('w', i.workspace_id, 'k', 'issue', 'i', json_build_array(i.id))::text)
