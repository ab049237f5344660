-- Locks what is known of the keys of a batch, in one order, and gives it as it is once it is ours.
INSERT INTO arrival AS a (workflow_id, control, key_hash, workspace_id)
SELECT DISTINCT workflow_id, control, key_hash, workspace_id
FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[]) AS t (workflow_id, control, key_hash, workspace_id)
ORDER BY workflow_id, control, key_hash
ON CONFLICT (workflow_id, control, key_hash) DO UPDATE SET workspace_id = a.workspace_id
RETURNING a.workflow_id, a.control, a.key_hash, a.workspace_id, a.run_id, a.state,
  (extract(epoch FROM a.expires_at) * 1000)::float8 AS expires_ms
