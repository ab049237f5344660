-- What is not as it should be, each an issue of its own: opened, kept open, or brought back, with one notification for each opening. Safe to
-- be said by several workers at once. $10: the times at which it happened, as JSON, where it is a thing that happens; else it is a state,
-- which counts anew when it was not seen for $11 ms. What a person has resolved stays so for as long as that lasts.
WITH said AS (
  SELECT t.*, coalesce(
    (SELECT a.target FROM issue_alias a WHERE a.workspace_id = t.workspace_id AND a.fingerprint = t.fingerprint AND a.message = ''), t.fingerprint) AS cause
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::uuid[], $9::float8[], $10::text[])
    AS t (id, workspace_id, kind, fingerprint, title, workflow_id, node_id, connection_id, seen_ms, times)
),
fact AS (
  SELECT DISTINCT ON (workspace_id, cause) *, to_timestamp(seen_ms / 1000) AS seen_at FROM said ORDER BY workspace_id, cause, seen_ms DESC
),
issue_put AS (
  INSERT INTO issue AS i (id, workspace_id, workflow_id, node_id, connection_id, type, fingerprint, title, count, first_seen_at, last_seen_at,
    opened_at, assignee_id)
  SELECT id, workspace_id, workflow_id, node_id, connection_id, kind, cause, title, greatest(1, json_array_length(times::json)), seen_at, seen_at,
    clock_timestamp(), CASE WHEN workflow_id IS NOT NULL THEN workflow_publisher(workflow_id) END
  FROM fact ORDER BY workspace_id, cause
  ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET
    title = CASE WHEN i.type = excluded.type THEN excluded.title ELSE i.title END,
    last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at),
    (count, status, regressed, episode, opened_at, resolved_at, resolved_by_itself, resolved_in_version) = (
      SELECT i.count + n, CASE WHEN back THEN 'open' ELSE i.status END, i.regressed OR back, i.episode + back::int,
        CASE WHEN back THEN excluded.opened_at ELSE i.opened_at END, CASE WHEN NOT back THEN i.resolved_at END, i.resolved_by_itself AND NOT back,
        CASE WHEN NOT back THEN i.resolved_in_version END
      FROM (SELECT n, n > 0 AND i.status = 'resolved' AS back FROM (
        SELECT CASE WHEN f.times = '[]' THEN (f.seen_at > i.last_seen_at + $11::int * interval '1 millisecond')::int
          ELSE (SELECT count(*)::int FROM json_array_elements_text(f.times::json) AS t (ms) WHERE to_timestamp(t.ms::float8 / 1000) > i.last_seen_at) END AS n
        FROM fact f WHERE f.workspace_id = excluded.workspace_id AND f.cause = excluded.fingerprint) c) b)
  RETURNING i.id, i.workspace_id, i.episode, i.status, i.assignee_id
),
assigned AS (
  -- An issue is new when it has the id that was proposed for it; it lends that to the first line of its activity.
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT id, id, workspace_id, 'system', 'keeper', 'assigned', json_build_object('to', assignee_id, 'as', 'publisher')::text
  FROM issue_put WHERE assignee_id IS NOT NULL AND id IN (SELECT id FROM fact)
),
told AS (
  INSERT INTO issue_notification (issue_id, episode, kind, workspace_id)
  SELECT id, episode, CASE WHEN episode = 1 THEN 'opened' ELSE 'regressed' END, workspace_id FROM issue_put p
  -- Of an episode that began otherwise (a snooze that ended) people were told then.
  WHERE NOT EXISTS (SELECT FROM issue_notification n WHERE n.issue_id = p.id AND n.episode = p.episode)
  ON CONFLICT DO NOTHING
  RETURNING issue_id, workspace_id
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_agg(issue_id))::text) FROM told GROUP BY workspace_id
