-- What happened to issues and nobody has looked at yet, oldest first.
SELECT n.issue_id, n.episode, n.kind, n.workspace_id, i.workflow_id, i.type, i.critical
FROM issue_notification n JOIN issue i ON i.id = n.issue_id
WHERE n.routed_at IS NULL ORDER BY n.at LIMIT 500
