-- Why the connection must not be called just now, and the run noted among those to be woken when it may be again. The lock
-- makes a release wait for this note, or this note see the release.
WITH held AS (
  SELECT id, status, isolated_reason, auth_failed_at FROM connection
  WHERE id = $1 AND workspace_id = $2 AND (status = 'isolated' OR auth_failed_at IS NOT NULL)
  FOR SHARE
),
noted AS (
  INSERT INTO connection_waiter (connection_id, run_id) SELECT id, $3 FROM held ON CONFLICT DO NOTHING
)
SELECT CASE WHEN status = 'isolated' THEN 'isolated' ELSE 'auth' END AS reason, isolated_reason FROM held
