-- One row when the run $5 brings the key first, or has done so before; none when another run did.
INSERT INTO node_dedup AS d (workspace_id, workflow_id, node_id, key_hash, run_id, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond')
ON CONFLICT (workflow_id, node_id, key_hash) DO UPDATE
SET run_id = excluded.run_id,
  expires_at = CASE WHEN d.run_id = excluded.run_id THEN d.expires_at ELSE excluded.expires_at END
WHERE d.run_id = excluded.run_id OR d.expires_at <= now()
RETURNING run_id
