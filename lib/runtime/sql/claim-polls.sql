-- Takes polls whose time has come and that nobody is at, for as long as one call and a margin: whoever dies at it holds them no longer.
WITH due AS (
  SELECT s.trigger_id FROM poll_state s JOIN workflow_trigger t ON t.id = s.trigger_id
  WHERE s.next_poll_at <= clock_timestamp() AND (s.leased_until IS NULL OR s.leased_until <= clock_timestamp()) AND t.enabled AND t.type = 'poll'
  ORDER BY s.next_poll_at LIMIT $1 FOR UPDATE OF s SKIP LOCKED
),
taken AS (
  UPDATE poll_state s SET fence = s.fence + 1, leased_until = clock_timestamp() + $2 * interval '1 millisecond'
  FROM due WHERE s.trigger_id = due.trigger_id
  RETURNING s.trigger_id, s.fence, s.cursor, s.sweep, s.seeded, s.failures, s.last_error
)
SELECT t.id, t.workspace_id, t.workflow_id, t.node_id, t.config, t.version, t.document_id, d.document,
  o.version AS canary_version, o.document_id AS canary_document_id, o.percent AS canary_percent, c.document AS canary_document,
  p.fence::text AS fence, p.cursor, p.sweep, p.seeded, p.failures, p.last_error,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM taken p JOIN workflow_trigger t ON t.id = p.trigger_id JOIN workflow_document d ON d.id = t.document_id
LEFT JOIN workflow_rollout o ON o.workflow_id = t.workflow_id AND o.ended_at IS NULL AND o.state = 'ramping'
LEFT JOIN workflow_document c ON c.id = o.document_id
