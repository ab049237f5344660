-- Dead letters and the issues that group them. The step's open dead letter, if it has one, is the same item failing again.
-- A cause that was merged into another counts there. A new issue is assigned to whoever published its workflow last. An issue that opens or comes back leaves one notification for it,
-- unless its node is not critical: then it is only counted.
WITH dead AS (
  SELECT t.*, coalesce(
    -- A rule for the very message goes before the one for the whole cause.
    (SELECT a.target FROM issue_alias a
     WHERE a.workspace_id = t.workspace_id AND a.fingerprint = t.fingerprint AND a.message IN ('', t.title) ORDER BY a.message DESC LIMIT 1),
    t.fingerprint) AS cause
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::boolean[])
    AS t (id, issue_id, workspace_id, workflow_id, version, run_id, step_id, node_id, iteration, kind, class, error, input, event_at,
      dead_at, fingerprint, title, critical)
),
issue_put AS (
  INSERT INTO issue AS i (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at,
    first_version, last_version, critical, assignee_id)
  SELECT (array_agg(issue_id))[1], workspace_id, (array_agg(workflow_id))[1], min(node_id), min(kind), cause, min(title), count(*), min(dead_at),
    max(dead_at), min(dead_at), min(version), max(version), bool_or(critical), workflow_publisher((array_agg(workflow_id))[1])
  FROM dead GROUP BY workspace_id, cause ORDER BY cause
  ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET
    count = i.count + excluded.count,
    title = excluded.title,
    last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at),
    first_version = least(i.first_version, excluded.first_version),
    last_version = greatest(i.last_version, excluded.last_version),
    critical = excluded.critical,
    -- Resolved in the next version: older ones may go on failing.
    (regressed, episode, opened_at, resolved_at, resolved_in_version, status) = (
      SELECT CASE WHEN back THEN true ELSE i.regressed END, i.episode + back::int, CASE WHEN back THEN excluded.opened_at ELSE i.opened_at END,
        CASE WHEN NOT back THEN i.resolved_at END, CASE WHEN NOT back THEN i.resolved_in_version END, CASE WHEN back THEN 'open' ELSE i.status END
      FROM (SELECT i.status = 'resolved' AND (i.resolved_in_version IS NULL OR excluded.last_version IS NULL OR excluded.last_version > i.resolved_in_version) AS back) b)
  RETURNING i.id, i.workspace_id, i.fingerprint, i.episode, i.regressed, i.critical, i.assignee_id
),
assigned AS (
  -- An issue is new when it has the id that was proposed for it; it lends that to the first line of its activity.
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT id, id, workspace_id, 'system', 'keeper', 'assigned', json_build_object('to', assignee_id, 'as', 'publisher')::text
  FROM issue_put WHERE assignee_id IS NOT NULL AND id IN (SELECT issue_id FROM dead)
),
letter_put AS (
  INSERT INTO dead_letter AS l (id, workspace_id, issue_id, workflow_id, version, run_id, step_id, node_id, iteration, kind, class, error,
    input, event_at, dead_at, fingerprint)
  SELECT d.id, d.workspace_id, p.id, d.workflow_id, d.version, d.run_id, d.step_id, d.node_id, d.iteration, d.kind, d.class, d.error, d.input,
    d.event_at, d.dead_at, d.fingerprint
  FROM dead d JOIN issue_put p ON p.workspace_id = d.workspace_id AND p.fingerprint = d.cause
  ON CONFLICT (step_id) WHERE status IN ('open', 'redriving') DO UPDATE SET
    status = 'open', issue_id = excluded.issue_id, kind = excluded.kind, class = excluded.class, error = excluded.error,
    -- What failed first stays, beside what it was redriven with.
    input = CASE WHEN l.edited_input IS NULL THEN excluded.input ELSE l.input END, dead_at = excluded.dead_at, fingerprint = excluded.fingerprint
),
left_behind AS (
  -- Failed again of another cause, an item goes to that one's issue: one that has no other is over.
  UPDATE issue i SET status = 'resolved', resolved_at = clock_timestamp(), regressed = false
  WHERE i.id IN (SELECT l.issue_id FROM dead_letter l JOIN dead d ON d.step_id = l.step_id WHERE l.status IN ('open', 'redriving'))
    AND i.id NOT IN (SELECT id FROM issue_put) AND i.status IN ('open', 'acknowledged', 'snoozed')
    AND NOT EXISTS (
      SELECT FROM dead_letter o WHERE o.issue_id = i.id AND o.status IN ('open', 'redriving') AND o.step_id NOT IN (SELECT step_id FROM dead))
  RETURNING i.id, i.workspace_id
),
told AS (
  INSERT INTO issue_notification (issue_id, episode, kind, workspace_id)
  SELECT id, episode, CASE WHEN episode = 1 THEN 'opened' ELSE 'regressed' END, workspace_id FROM issue_put
  -- Of an episode that began otherwise (a snooze that ended) people were told then.
  WHERE critical AND (episode = 1 OR NOT EXISTS (SELECT FROM issue_notification n WHERE n.issue_id = issue_put.id AND n.episode = issue_put.episode))
  ON CONFLICT DO NOTHING
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_agg(id))::text)
FROM (
  SELECT id, workspace_id, (row_number() OVER (PARTITION BY workspace_id)) / 150 AS part
  FROM (SELECT id, workspace_id FROM issue_put UNION ALL SELECT id, workspace_id FROM left_behind) c) p GROUP BY workspace_id, part
