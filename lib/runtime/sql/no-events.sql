-- Live triggers whose author expects events, and that have taken none for longer; the clock starts anew when one is published or resumed.
-- Behind twenty thousand refused ones in a row nobody looks for one that was taken.
SELECT t.id, t.workspace_id, t.workflow_id, t.node_id, w.name AS workflow_name, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM workflow_trigger t JOIN workflow w ON w.id = t.workflow_id
CROSS JOIN LATERAL (SELECT (t.config::json ->> 'expectEveryMs')::float8 * interval '1 millisecond' AS every) expected
WHERE t.enabled AND t.type = 'webhook' AND t.updated_at < now() - every AND NOT EXISTS (
  SELECT FROM (
    SELECT outcome FROM event e WHERE e.trigger_id = t.id AND e.id >= uuid_at(now() - every) ORDER BY e.id DESC LIMIT 20000
  ) latest WHERE outcome <> 'rejected')
LIMIT 1000
