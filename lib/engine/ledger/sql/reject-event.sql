-- Refused deliveries, for people to see on their trigger. Those with a title are of a cause that somebody should look at: they open
-- one issue for each trigger and reason, or count on it, assigned as any new issue, and people are told once for as long as it is open.
WITH refused AS (
  SELECT t.*, coalesce(
    (SELECT a.target FROM issue_alias a WHERE a.workspace_id = t.workspace_id AND a.fingerprint = 'trigger_rejected ' || t.trigger_id || ' ' || t.reason
      AND a.message = ''),
    'trigger_rejected ' || t.trigger_id || ' ' || t.reason) AS cause
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::int[], $8::text[], $9::uuid[])
    AS t (id, workspace_id, workflow_id, trigger_id, reason, data, size, title, issue_id)
),
event_put AS (
  INSERT INTO event (id, workspace_id, workflow_id, trigger_id, outcome, reason, data, size)
  SELECT id, workspace_id, workflow_id, trigger_id, 'rejected', reason, data, size FROM refused
),
issue_put AS (
  INSERT INTO issue AS i (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at,
    assignee_id)
  SELECT (array_agg(r.issue_id))[1], r.workspace_id, t.workflow_id, t.node_id, 'trigger_rejected', r.cause, min(r.title), count(*),
    clock_timestamp(), clock_timestamp(), clock_timestamp(), workflow_publisher(t.workflow_id)
  FROM refused r JOIN workflow_trigger t ON t.id = r.trigger_id
  WHERE r.title IS NOT NULL GROUP BY r.workspace_id, t.workflow_id, t.node_id, r.cause ORDER BY r.cause
  ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET
    count = i.count + excluded.count, title = excluded.title, last_seen_at = excluded.last_seen_at,
    regressed = i.regressed OR i.status = 'resolved', episode = i.episode + (i.status = 'resolved')::int,
    opened_at = CASE WHEN i.status = 'resolved' THEN excluded.opened_at ELSE i.opened_at END, resolved_at = NULL, resolved_in_version = NULL,
    status = CASE WHEN i.status = 'resolved' THEN 'open' ELSE i.status END
  RETURNING i.id, i.workspace_id, i.episode, i.assignee_id
),
assigned AS (
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT id, id, workspace_id, 'system', 'keeper', 'assigned', json_build_object('to', assignee_id, 'as', 'publisher')::text
  FROM issue_put WHERE assignee_id IS NOT NULL AND id IN (SELECT issue_id FROM refused)
),
told AS (
  INSERT INTO issue_notification (issue_id, episode, kind, workspace_id)
  SELECT id, episode, CASE WHEN episode = 1 THEN 'opened' ELSE 'regressed' END, workspace_id FROM issue_put
  ON CONFLICT DO NOTHING
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_build_array(id))::text) FROM issue_put
