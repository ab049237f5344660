-- What came from outside for a step that waits for it: the answer of a remote, the decision of a person. The first one wins
-- and stays; `poll` and `timeout` say that the step went on without one, so that who comes later is told. Without
-- partitions: an answer may come before its step is reached, and is looked for by the step alone.
CREATE TABLE signal (
  step_id uuid NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  run_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('callback', 'approval', 'poll', 'timeout')),
  payload text NOT NULL DEFAULT 'null',
  sent_by text,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX signal_run_id_idx ON signal (run_id);

-- What people are asked to decide. Its id is that of the step that waits.
CREATE TABLE approval (
  id uuid NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  workflow_id uuid NOT NULL,
  run_id uuid NOT NULL,
  node_id text NOT NULL,
  iteration text NOT NULL DEFAULT '',
  message text NOT NULL,
  assignees text[] NOT NULL DEFAULT '{}',
  requested_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  closed_at timestamptz
);
CREATE INDEX approval_run_id_idx ON approval (run_id);
CREATE INDEX approval_requested_idx ON approval (workspace_id, requested_at DESC, id DESC);
CREATE INDEX approval_open_idx ON approval (workspace_id) WHERE closed_at IS NULL;
