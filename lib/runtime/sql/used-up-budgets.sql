-- Retry budgets of live runs that have given out turns in advance.
SELECT p.workspace_id, p.workflow_id, p.node_id, p.connection_id, c.name AS connection_name, w.name AS workflow_name, b.tokens,
  (extract(epoch FROM b.updated_at) * 1000)::float8 AS updated_ms, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM retry_budget b JOIN guard_place p ON p.id = b.id LEFT JOIN connection c ON c.id = p.connection_id LEFT JOIN workflow w ON w.id = p.workflow_id
WHERE b.tokens < 0 LIMIT 1000
