-- Breakers that hold live runs back, with what they guard. Open since: it is opened again and again until it closes, which is counted.
SELECT p.workspace_id, p.workflow_id, p.node_id, p.connection_id, coalesce(p.host, '') AS host, c.name AS connection_name,
  (extract(epoch FROM coalesce(
    (SELECT o.opened_at FROM breaker_opening o WHERE o.breaker_id = b.id ORDER BY o.opened_at DESC OFFSET greatest(b.opens, 1) - 1 LIMIT 1),
    b.changed_at)) * 1000)::float8 AS since_ms,
  (extract(epoch FROM b.changed_at) * 1000)::float8 AS changed_ms, (extract(epoch FROM b.open_until) * 1000)::float8 AS open_until_ms,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM breaker b JOIN guard_place p ON p.id = b.id LEFT JOIN connection c ON c.id = p.connection_id
WHERE b.state IN ('open', 'half_open') LIMIT 1000
