-- Live schedules that have missed times since the last one they kept, and those whose time has come and is not dealt with.
WITH missed AS (
  SELECT trigger_id, array_agg((extract(epoch FROM created_at) * 1000)::float8 ORDER BY created_at) AS missed_ms
  FROM schedule_fire f
  WHERE outcome = 'missed' AND created_at > now() - interval '40 days' AND NOT EXISTS (
    SELECT FROM schedule_fire k WHERE k.trigger_id = f.trigger_id AND k.scheduled_for > f.scheduled_for AND k.outcome <> 'missed')
  GROUP BY trigger_id
)
SELECT t.id, t.workspace_id, t.workflow_id, t.node_id, w.name AS workflow_name, coalesce(m.missed_ms, '{}') AS missed_ms,
  CASE WHEN t.next_fire_at < now() THEN (extract(epoch FROM t.next_fire_at) * 1000)::float8 END AS overdue_ms,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM workflow_trigger t JOIN workflow w ON w.id = t.workflow_id LEFT JOIN missed m ON m.trigger_id = t.id
WHERE t.type = 'schedule' AND t.enabled AND (m.trigger_id IS NOT NULL OR t.next_fire_at < now())
LIMIT 1000
