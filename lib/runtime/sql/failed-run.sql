SELECT r.id, r.workspace_id, r.workflow_id, w.name AS workflow_name, r.version, r.trigger_type, r.redrive_count, r.error, r.created_at, r.started_at,
  r.finished_at, s.id AS step_id, s.node_id, s.iteration, d.document, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM run r
JOIN workflow w ON w.id = r.workflow_id
JOIN workflow_document d ON d.id = r.document_id
LEFT JOIN LATERAL (
  SELECT s.id, s.node_id, s.iteration FROM step s WHERE s.run_id = r.id AND s.status = 'failed' AND s.node_id = r.error::json ->> 'nodeId'
  ORDER BY s.finished_at LIMIT 1) s ON true
WHERE r.id = $1 AND r.status = 'failed'
