-- The live triggers of a workspace that start when a run has failed.
SELECT t.id, t.workflow_id, t.node_id, t.config, t.version, t.document_id, d.document
FROM workflow_trigger t JOIN workflow_document d ON d.id = t.document_id
WHERE t.workspace_id = $1 AND t.type = 'workflow-failed' AND t.enabled
ORDER BY t.id
