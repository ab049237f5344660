INSERT INTO audit_log (id, workspace_id, actor_type, actor_id, action, entity_type, entity_id, details, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
