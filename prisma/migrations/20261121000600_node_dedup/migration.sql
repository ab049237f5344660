-- What dedupe nodes have seen. Without partitions, for its uniqueness must outlive any of them. A key belongs to the run
-- that brought it first, so that the run finds it still its own when it asks again after a crash.
CREATE TABLE node_dedup (
  workflow_id uuid NOT NULL,
  node_id text NOT NULL,
  key_hash bytea NOT NULL,
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (workflow_id, node_id, key_hash)
);
CREATE INDEX node_dedup_expires_at_idx ON node_dedup (expires_at);
