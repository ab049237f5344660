-- The live version of a workflow that is to be called, and whether it is among those that called down to the caller.
WITH RECURSIVE callers AS (
  SELECT id, workflow_id, parent_run_id FROM run WHERE id = $3
  UNION ALL
  SELECT r.id, r.workflow_id, r.parent_run_id FROM run r JOIN callers c ON r.id = c.parent_run_id
)
SELECT w.name, w.live_version, w.paused_at IS NOT NULL AS paused, w.archived_at IS NOT NULL AS archived, d.id AS document_id, d.document,
  EXISTS (SELECT FROM callers c WHERE c.workflow_id = w.id) AS calls_itself
FROM workflow w
LEFT JOIN workflow_version v ON v.workflow_id = w.id AND v.version = w.live_version
LEFT JOIN workflow_document d ON d.id = v.document_id
WHERE w.id = $1 AND w.workspace_id = $2
