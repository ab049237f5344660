-- All callers of a key have the same result.
SELECT 'key ' || s.idempotency_key || ' of node ' || s.node_id || ' has ' || count(DISTINCT s.output) || ' results' AS violation
FROM step s JOIN run r ON r.id = s.run_id
WHERE r.workspace_id = $1 AND s.idempotency_key IS NOT NULL AND s.status IN ('succeeded', 'deduplicated') AND s.error IS NULL
GROUP BY r.workflow_id, s.node_id, s.idempotency_key
HAVING count(DISTINCT s.output) > 1
