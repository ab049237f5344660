-- Wakes the runs that wait for a connection, if it may be called again, and closes the issue about its credential, if that is
-- no longer held to be refused. In the transaction of the change and after it: who notes himself later sees the change.
WITH mended AS (
  UPDATE issue i SET status = 'resolved', resolved_at = clock_timestamp(), regressed = false
  FROM connection c
  WHERE c.id = $1::uuid AND c.workspace_id = $2::uuid AND c.auth_failed_at IS NULL
    AND i.connection_id = c.id AND i.workspace_id = c.workspace_id AND i.type = 'connection_auth'
    AND i.status IN ('open', 'acknowledged', 'snoozed')
  RETURNING i.id, i.workspace_id
),
logged AS (
  INSERT INTO issue_activity (id, issue_id, workspace_id, actor_type, actor_id, action, details)
  SELECT $3::uuid, id, workspace_id, $4::text, $5::text, 'resolved', '{}' FROM mended
),
waiter AS (
  DELETE FROM connection_waiter w USING connection c
  WHERE w.connection_id = c.id AND c.id = $1::uuid AND c.workspace_id = $2::uuid AND c.status <> 'isolated' AND c.auth_failed_at IS NULL
  RETURNING w.run_id
),
woken AS (
  SELECT count(*)::int AS runs FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec FROM waiter))
),
told AS (
  SELECT count(pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_build_array(id))::text)) FROM mended
)
SELECT runs FROM woken, told
