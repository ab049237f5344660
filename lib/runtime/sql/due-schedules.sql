-- The live triggers whose time has come, with what a run of them needs.
SELECT t.id, t.workspace_id, t.workflow_id, t.node_id, t.config, t.earlier_schedules, t.version, t.document_id, d.document,
  o.version AS canary_version, o.document_id AS canary_document_id, o.percent AS canary_percent, c.document AS canary_document,
  (extract(epoch FROM t.next_fire_at) * 1000)::float8 AS due_ms, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM workflow_trigger t JOIN workflow_document d ON d.id = t.document_id
LEFT JOIN workflow_rollout o ON o.workflow_id = t.workflow_id AND o.ended_at IS NULL AND o.state = 'ramping'
LEFT JOIN workflow_document c ON c.id = o.document_id
WHERE t.type = 'schedule' AND t.enabled AND t.next_fire_at <= clock_timestamp()
ORDER BY t.next_fire_at LIMIT 100
