SELECT r.status, r.error, r.answer, r.document_id, d.document FROM run r JOIN workflow_document d ON d.id = r.document_id
WHERE r.id = $1 AND r.workspace_id = $2
