-- How far each poll trigger has read, and who reads just now. One small row a trigger, changed in place.
CREATE TABLE poll_state (
  trigger_id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  cursor text,
  sweep text,
  seeded boolean NOT NULL DEFAULT false,
  fence bigint NOT NULL DEFAULT 0,
  leased_until timestamptz,
  next_poll_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  failures integer NOT NULL DEFAULT 0,
  last_polled_at timestamptz,
  last_ok_at timestamptz,
  last_error text
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 100);
CREATE INDEX poll_state_next_idx ON poll_state (next_poll_at);
CREATE INDEX poll_state_workspace_idx ON poll_state (workspace_id);
