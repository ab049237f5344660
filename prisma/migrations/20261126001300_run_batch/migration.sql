-- A bulk replay or cancel of runs is an object, like a bulk redrive: which runs is fixed when it is made, and it goes on whatever
-- becomes of the page and of the process that releases them.
CREATE TABLE run_batch (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  action text NOT NULL CHECK (action IN ('replay', 'cancel')),
  name text NOT NULL DEFAULT '',
  -- What was asked for, as JSON.
  selection text NOT NULL,
  -- Of a replay: that of the old run, or the live one; the keys of the old run, or new ones.
  version text NOT NULL DEFAULT 'same' CHECK (version IN ('same', 'live')),
  keys text NOT NULL DEFAULT 'same' CHECK (keys IN ('same', 'new')),
  rate_per_second double precision NOT NULL CHECK (rate_per_second > 0),
  stop_after_failures int,
  -- Failures that a person knew of when they let it go on.
  failures_base int NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'paused', 'canceled', 'completed')),
  status_reason text,
  total int NOT NULL,
  -- Before this nothing more may be released.
  next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_type text NOT NULL,
  actor_id text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz
);
CREATE INDEX run_batch_workspace_id_idx ON run_batch (workspace_id, id DESC);
CREATE INDEX run_batch_live_idx ON run_batch (workspace_id) WHERE finished_at IS NULL;

CREATE TABLE run_batch_item (
  batch_id uuid NOT NULL REFERENCES run_batch (id),
  position int NOT NULL,
  run_id uuid NOT NULL,
  -- The run that was made of it.
  new_run_id uuid,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'skipped')),
  reason text,
  PRIMARY KEY (batch_id, position)
);
CREATE INDEX run_batch_item_state_idx ON run_batch_item (batch_id, state, position);
