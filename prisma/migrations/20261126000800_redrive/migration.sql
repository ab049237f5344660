-- A bulk redrive is an object: what was chosen is fixed when it is made, and it goes on whatever becomes of the process that
-- releases the items.
CREATE TABLE redrive (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  name text NOT NULL DEFAULT '',
  filter text NOT NULL,
  rate_per_second double precision NOT NULL CHECK (rate_per_second > 0),
  canary int NOT NULL DEFAULT 0,
  canary_passed boolean NOT NULL DEFAULT false,
  stop_after_failures int,
  -- Failures that a person knew of when they let it go on.
  failures_base int NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'paused', 'canceled', 'completed')),
  status_reason text,
  total int NOT NULL,
  -- Before this nothing more may be released: the velocity survives restarts.
  next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_type text NOT NULL,
  actor_id text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz
);
CREATE INDEX redrive_workspace_id_idx ON redrive (workspace_id, id DESC);
CREATE INDEX redrive_live_idx ON redrive (workspace_id) WHERE status IN ('running', 'paused');

CREATE TABLE redrive_item (
  redrive_id uuid NOT NULL REFERENCES redrive (id),
  position int NOT NULL,
  dead_letter_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'skipped')),
  reason text,
  PRIMARY KEY (redrive_id, position)
);
CREATE INDEX redrive_item_state_idx ON redrive_item (redrive_id, state, position);

-- Items whose run ended another way than by their step (canceled, past its deadline) are looked for among these.
CREATE INDEX dead_letter_redriving_idx ON dead_letter (run_id) WHERE status = 'redriving';
