-- Applies what was judged, unless the issue has changed since: then it is judged again the next time. Line of activity, notification
-- and state are one.
WITH verdict AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::uuid[]) AS t (id, status, count, act, reason, activity_id)
),
put AS (
  UPDATE issue i SET
    status = CASE v.act WHEN 'resolve' THEN 'resolved' WHEN 'unsnooze' THEN 'open' ELSE i.status END,
    resolved_at = CASE v.act WHEN 'resolve' THEN clock_timestamp() ELSE i.resolved_at END,
    resolved_by_itself = v.act = 'resolve',
    regressed = i.regressed AND v.act <> 'resolve',
    escalating = CASE v.act WHEN 'escalate' THEN true WHEN 'unsnooze' THEN i.escalating ELSE false END,
    snooze = CASE WHEN v.act = 'unsnooze' THEN NULL ELSE i.snooze END,
    episode = i.episode + (v.act = 'unsnooze')::int,
    opened_at = CASE WHEN v.act = 'unsnooze' THEN clock_timestamp() ELSE i.opened_at END
  FROM verdict v
  WHERE i.id = v.id AND i.status = v.status AND i.count = v.count
  RETURNING i.id, i.workspace_id, i.episode, v.act, v.reason, v.activity_id, v.status AS before
),
logged AS (
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT activity_id, id, workspace_id, 'system', 'keeper',
    CASE act WHEN 'resolve' THEN 'resolved' WHEN 'unsnooze' THEN 'unsnoozed' WHEN 'escalate' THEN 'escalating' ELSE 'calmed' END,
    json_build_object('from', before, 'reason', reason)::text
  FROM put
),
told AS (
  INSERT INTO issue_notification (issue_id, episode, kind, workspace_id)
  SELECT id, episode, CASE act WHEN 'escalate' THEN 'escalating' ELSE 'unsnoozed' END, workspace_id FROM put WHERE act IN ('escalate', 'unsnooze')
  ON CONFLICT DO NOTHING
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_agg(id))::text) FROM put GROUP BY workspace_id
