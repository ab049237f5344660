-- A version that takes part of the traffic beside the live one. At most one a workflow at a time; ended ones are its history.
CREATE TABLE workflow_rollout (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  workflow_id uuid NOT NULL REFERENCES workflow (id),
  version int NOT NULL,
  document_id uuid NOT NULL REFERENCES workflow_document (id),
  -- The live version it is compared with.
  baseline_version int NOT NULL,
  percent int NOT NULL CHECK (percent BETWEEN 1 AND 99),
  state text NOT NULL DEFAULT 'ramping' CHECK (state IN ('ramping', 'paused', 'promoted', 'aborted', 'rolled_back')),
  -- The guard: after so many ended runs a failure rate so many percentage points above the live version's ends the rollout.
  guard_min_runs int NOT NULL DEFAULT 20,
  guard_max_excess int NOT NULL DEFAULT 5,
  guard_enabled boolean NOT NULL DEFAULT true,
  reason text,
  started_by text,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz
);
CREATE UNIQUE INDEX workflow_rollout_open_idx ON workflow_rollout (workflow_id) WHERE ended_at IS NULL;
CREATE INDEX workflow_rollout_workflow_id_idx ON workflow_rollout (workflow_id, started_at DESC);
