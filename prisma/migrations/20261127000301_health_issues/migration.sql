-- Issues that are not made of dead letters: an open breaker or a backlog belongs to a connection, a lost worker to the workspace alone.
ALTER TABLE issue ALTER COLUMN workflow_id DROP NOT NULL, ALTER COLUMN node_id DROP NOT NULL;

-- Where a breaker or a retry budget stands: their ids are made of it and do not tell. Written by whoever is held back by one in a live
-- run; what only test runs met has no place here, and makes no issue.
CREATE TABLE guard_place (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  workflow_id uuid NOT NULL,
  node_id text NOT NULL,
  -- Null: the node has none, and is guarded alone.
  connection_id uuid,
  -- Of a breaker.
  host text,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX guard_place_seen_at_idx ON guard_place (seen_at);

-- Few times are missed; they are looked for every few seconds.
CREATE INDEX schedule_fire_missed_idx ON schedule_fire (created_at) WHERE outcome = 'missed';
-- Likewise workers that were declared dead, among all there ever were.
CREATE INDEX worker_lost_idx ON worker (stopped_at) WHERE NOT draining AND stopped_at IS NOT NULL;
-- Breakers that are in force, among all there are.
CREATE INDEX breaker_in_force_idx ON breaker (id) WHERE state IN ('open', 'half_open');
