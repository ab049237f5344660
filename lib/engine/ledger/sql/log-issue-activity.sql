INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details) VALUES ($1, $2, $3, $4, $5, $6, $7)
