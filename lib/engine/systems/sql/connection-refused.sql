-- The remote refuses the credential: from now on nobody calls through the connection, and one issue tells of it. Nothing is
-- done when the credential has been replaced since ($3 is the version that was refused), or when this is known already.
WITH refused AS (
  UPDATE connection c SET auth_failed_at = clock_timestamp(), status = CASE WHEN c.status = 'isolated' THEN c.status ELSE 'failing' END
  WHERE c.id = $1 AND c.workspace_id = $2 AND c.auth_failed_at IS NULL AND $3 = coalesce((
    SELECT string_agg(field || ':' || version, ',' ORDER BY field COLLATE "C") FROM (
      SELECT field, max(version) AS version FROM secret WHERE connection_id = $1 GROUP BY field) s), '')
  RETURNING c.id, c.workspace_id, c.name
),
issue_put AS (
  INSERT INTO issue AS i (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at, connection_id)
  SELECT $4, workspace_id, $5, $6, 'connection_auth', 'connection_auth ' || id,
    'The credential of ' || name || ' is refused: its steps wait until it is replaced, or a test of the connection succeeds',
    1, clock_timestamp(), clock_timestamp(), clock_timestamp(), id
  FROM refused
  ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET
    count = i.count + 1, title = excluded.title, workflow_id = excluded.workflow_id, node_id = excluded.node_id,
    last_seen_at = excluded.last_seen_at, regressed = i.regressed OR i.status = 'resolved',
    episode = i.episode + (i.status = 'resolved')::int,
    opened_at = CASE WHEN i.status = 'resolved' THEN excluded.opened_at ELSE i.opened_at END, resolved_at = NULL,
    status = CASE WHEN i.status = 'resolved' THEN 'open' ELSE i.status END
  RETURNING i.id, i.workspace_id, i.episode
),
told AS (
  INSERT INTO issue_notification (issue_id, episode, kind, workspace_id)
  SELECT id, episode, CASE WHEN episode = 1 THEN 'opened' ELSE 'regressed' END, workspace_id FROM issue_put
  ON CONFLICT DO NOTHING
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_build_array(id))::text) FROM issue_put
