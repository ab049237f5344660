-- The live triggers whose time has come, with what a run of them needs.
SELECT t.id, t.workspace_id, t.workflow_id, t.node_id, t.config, t.version, t.document_id, d.document,
  (extract(epoch FROM t.next_fire_at) * 1000)::float8 AS due_ms, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM workflow_trigger t JOIN workflow_document d ON d.id = t.document_id
WHERE t.type = 'schedule' AND t.enabled AND t.next_fire_at <= clock_timestamp()
ORDER BY t.next_fire_at LIMIT 100
