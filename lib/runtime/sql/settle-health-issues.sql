-- What becomes of them by themselves, of each kind ($1): resolved when it was not seen for $2 ms, escalating when it has lasted for $3 ms. $4: a hundred ids.
-- Line of activity, notification and state are one. One that is snoozed stays so: the keeper of issues deals with it when that ends.
WITH rule AS (
  SELECT kind, calm_ms * interval '1 millisecond' AS calm, lasts_ms * interval '1 millisecond' AS lasts
  FROM unnest($1::text[], $2::int[], $3::int[]) AS t (kind, calm_ms, lasts_ms)
),
due AS (
  SELECT i.id, i.status, greatest(i.last_seen_at, i.opened_at) < clock_timestamp() - r.calm AS over
  FROM issue i JOIN rule r ON r.kind = i.type
  WHERE i.status IN ('open', 'acknowledged') AND i.merged_into IS NULL
    AND (greatest(i.last_seen_at, i.opened_at) < clock_timestamp() - r.calm OR (NOT i.escalating AND i.last_seen_at > i.opened_at + r.lasts))
  ORDER BY i.id LIMIT 100 FOR UPDATE OF i SKIP LOCKED
),
put AS (
  UPDATE issue i SET
    status = CASE WHEN d.over THEN 'resolved' ELSE i.status END, resolved_at = CASE WHEN d.over THEN clock_timestamp() END,
    resolved_by_itself = d.over, regressed = i.regressed AND NOT d.over, escalating = NOT d.over
  FROM due d WHERE i.id = d.id
  RETURNING i.id, i.workspace_id, i.episode, d.status AS before, d.over
),
logged AS (
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT l.id, p.id, p.workspace_id, 'system', 'keeper', CASE WHEN p.over THEN 'resolved' ELSE 'escalating' END,
    json_build_object('from', p.before, 'reason', CASE WHEN p.over THEN 'it is over' ELSE 'it lasts' END)::text
  FROM (SELECT *, row_number() OVER () AS no FROM put) p JOIN unnest($4::uuid[]) WITH ORDINALITY AS l (id, no) USING (no)
),
told AS (
  INSERT INTO issue_notification (issue_id, episode, kind, workspace_id) SELECT id, episode, 'escalating', workspace_id FROM put WHERE NOT over
  ON CONFLICT DO NOTHING
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_agg(id))::text) FROM put GROUP BY workspace_id
