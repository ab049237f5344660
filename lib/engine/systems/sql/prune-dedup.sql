DELETE FROM node_dedup d USING (
  SELECT workflow_id, node_id, key_hash FROM node_dedup WHERE expires_at <= now() LIMIT 10000 FOR UPDATE SKIP LOCKED
) old
WHERE d.workflow_id = old.workflow_id AND d.node_id = old.node_id AND d.key_hash = old.key_hash
