INSERT INTO guard_place (id, workspace_id, workflow_id, node_id, connection_id, host) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET workflow_id = excluded.workflow_id, node_id = excluded.node_id, seen_at = clock_timestamp()
