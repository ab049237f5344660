-- Runs that are to go on by another version, locked in the order in which all lock runs. Nobody claims one until this transaction ends.
SELECT id, workflow_id, document_id, version, status, mode, trigger_node_id, worker_id IS NOT NULL AS held,
  cancel_requested_at IS NOT NULL AS "cancelRequested", undo_at IS NOT NULL AS undoing
FROM run WHERE id = ANY ($1::uuid[]) AND workspace_id = $2 ORDER BY id FOR NO KEY UPDATE
