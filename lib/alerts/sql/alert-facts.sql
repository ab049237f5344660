-- What a message tells of its issues. An issue may be of no workflow.
SELECT a.kind, i.id AS issue_id, i.type, i.title, w.name AS workflow_name, i.node_id, i.count, i.first_seen_at, i.last_seen_at,
  coalesce(d.document, w.draft) AS document, r.name AS rule_name
FROM alert a
JOIN issue i ON i.id = a.issue_id
JOIN alert_rule r ON r.id = a.rule_id
LEFT JOIN workflow w ON w.id = i.workflow_id
LEFT JOIN workflow_version v ON v.workflow_id = w.id AND v.version = w.live_version
LEFT JOIN workflow_document d ON d.id = v.document_id
WHERE a.id = ANY ($1::uuid[]) ORDER BY a.id
