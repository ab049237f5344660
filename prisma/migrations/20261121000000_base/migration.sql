-- Tables of people and configuration. Ids are UUIDv7, made by the application.

CREATE TABLE workspace (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- better-auth's own tables (e-mail and password, database sessions). Ids are text there.
CREATE TABLE auth_user (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE auth_session (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_session_user_id_idx ON auth_session (user_id);
CREATE TABLE auth_account (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_account_user_id_idx ON auth_account (user_id);
CREATE TABLE auth_verification (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX auth_verification_identifier_idx ON auth_verification (identifier);

CREATE TABLE member (
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  user_id text NOT NULL REFERENCES auth_user (id) ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('owner', 'builder', 'operator', 'viewer')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX member_user_id_idx ON member (user_id);

CREATE TABLE api_token (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  name text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  hint text NOT NULL,
  scopes text[] NOT NULL,
  created_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_token_workspace_id_idx ON api_token (workspace_id);

-- One-time secrets: the set-up link of a new instance. Only the hash is kept.
CREATE TABLE one_time_token (
  token_hash bytea PRIMARY KEY,
  purpose text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);

CREATE TABLE audit_log (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  at timestamptz NOT NULL DEFAULT now(),
  actor_type text NOT NULL,
  actor_id text,
  action text NOT NULL,
  entity_type text NOT NULL,
  entity_id text NOT NULL,
  details text NOT NULL DEFAULT '{}',
  request_id text
);
CREATE INDEX audit_log_workspace_id_id_idx ON audit_log (workspace_id, id DESC);

-- Envelope encryption: a data key per workspace, wrapped by SLUICE_SECRET_KEY; a sealed canary proves the right key.
CREATE TABLE data_key (
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  version int NOT NULL,
  wrapped bytea NOT NULL,
  key_fingerprint text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workspace_id, version)
);

CREATE TABLE connection (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  name text NOT NULL,
  kind text NOT NULL,
  base_url text,
  allowed_hosts text[] NOT NULL DEFAULT '{}',
  fields text NOT NULL DEFAULT '{}',
  limits text NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'untested' CHECK (status IN ('untested', 'ok', 'failing', 'isolated')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  last_tested_at timestamptz,
  UNIQUE (workspace_id, name)
);
CREATE TABLE secret (
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  field text NOT NULL,
  version int NOT NULL,
  workspace_id uuid NOT NULL,
  sealed bytea NOT NULL,
  hint text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  valid_until timestamptz,
  PRIMARY KEY (connection_id, field, version)
);

CREATE TABLE workflow (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  name text NOT NULL,
  draft text NOT NULL,
  draft_revision int NOT NULL DEFAULT 1,
  draft_updated_at timestamptz NOT NULL DEFAULT now(),
  live_version int,
  paused_at timestamptz,
  paused_reason text,
  archived_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX workflow_workspace_id_idx ON workflow (workspace_id, id DESC);

-- Immutable snapshots of a document. A published version points to one; so does a test run of a draft.
CREATE TABLE workflow_document (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  workflow_id uuid NOT NULL REFERENCES workflow (id),
  hash text NOT NULL,
  document text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workflow_id, hash)
);
CREATE TABLE workflow_version (
  workflow_id uuid NOT NULL REFERENCES workflow (id),
  version int NOT NULL,
  workspace_id uuid NOT NULL,
  document_id uuid NOT NULL REFERENCES workflow_document (id),
  note text NOT NULL DEFAULT '',
  published_by text,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (workflow_id, version)
);
CREATE FUNCTION forbid_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is immutable', TG_TABLE_NAME; END $$;
CREATE TRIGGER workflow_document_immutable BEFORE UPDATE ON workflow_document FOR EACH ROW EXECUTE FUNCTION forbid_update();
CREATE TRIGGER workflow_version_immutable BEFORE UPDATE ON workflow_version FOR EACH ROW EXECUTE FUNCTION forbid_update();
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION forbid_update();

-- `trigger` is reserved. The webhook token is a capability: only its hash is searched, the token itself is sealed for display.
CREATE TABLE workflow_trigger (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  workflow_id uuid NOT NULL REFERENCES workflow (id),
  node_id text NOT NULL,
  type text NOT NULL,
  config text NOT NULL DEFAULT '{}',
  version int,
  document_id uuid,
  enabled boolean NOT NULL DEFAULT true,
  token_hash bytea UNIQUE,
  token text,
  status_secret text,
  next_fire_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (workflow_id, node_id)
);

-- What the engine writes. event, run and payload are range-partitioned by their UUIDv7 id, which starts with its time;
-- step and attempt by the id of their run, so that a run and all it did live and go together and one key prunes to one partition.

CREATE TABLE event (
  id uuid NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  workflow_id uuid NOT NULL,
  trigger_id uuid,
  outcome text NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'rejected')),
  reason text,
  dedupe_key text,
  run_id uuid,
  data text,
  data_ref uuid,
  size int NOT NULL DEFAULT 0,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
) PARTITION BY RANGE (id);
CREATE INDEX event_trigger_id_id_idx ON event (trigger_id, id DESC);

CREATE TABLE run (
  id uuid NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  workflow_id uuid NOT NULL,
  document_id uuid NOT NULL,
  version int,
  mode text NOT NULL DEFAULT 'live' CHECK (mode IN ('live', 'test')),
  status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'canceled')),
  trigger_id uuid,
  trigger_type text NOT NULL,
  trigger_node_id text NOT NULL,
  event_id uuid NOT NULL,
  replay_of uuid,
  retried boolean NOT NULL DEFAULT false,
  partial boolean NOT NULL DEFAULT false,
  redrive_count int NOT NULL DEFAULT 0,
  priority smallint NOT NULL DEFAULT 0,
  fence int NOT NULL DEFAULT 0,
  worker_id uuid,
  wake_requested boolean NOT NULL DEFAULT false,
  lost_count int NOT NULL DEFAULT 0,
  cancel_requested_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  wake_at timestamptz,
  deadline_at timestamptz,
  error text,
  answer text
) PARTITION BY RANGE (id);
CREATE INDEX run_workspace_id_id_idx ON run (workspace_id, id DESC);
CREATE INDEX run_workflow_id_id_idx ON run (workflow_id, id DESC);
CREATE INDEX run_unfinished_idx ON run (worker_id) WHERE status IN ('running', 'waiting');
CREATE INDEX run_failed_idx ON run (workspace_id, id DESC) WHERE status IN ('failed', 'canceled');

CREATE TABLE step (
  run_id uuid NOT NULL,
  node_id text NOT NULL,
  iteration text NOT NULL DEFAULT '',
  id uuid NOT NULL,
  workspace_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'deduplicated')),
  wait_reason text,
  wake_at timestamptz,
  port text,
  effect text NOT NULL DEFAULT 'none',
  input text,
  input_ref uuid,
  output text,
  output_ref uuid,
  error text,
  attempts int NOT NULL DEFAULT 0,
  attempts_base int NOT NULL DEFAULT 0,
  throttled_attempts int NOT NULL DEFAULT 0,
  lost_count int NOT NULL DEFAULT 0,
  idempotency_key text,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  deadline_at timestamptz,
  PRIMARY KEY (run_id, node_id, iteration),
  CHECK ((status = 'waiting') = (wait_reason IS NOT NULL))
) PARTITION BY RANGE (run_id);

CREATE TABLE attempt (
  run_id uuid NOT NULL,
  step_id uuid NOT NULL,
  no int NOT NULL,
  workspace_id uuid NOT NULL,
  fence int NOT NULL,
  worker_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('claimed', 'sent', 'succeeded', 'failed', 'lost', 'void')),
  class text,
  http_status int,
  request text,
  response text,
  error text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (run_id, step_id, no)
) PARTITION BY RANGE (run_id);

CREATE TABLE payload (
  id uuid NOT NULL PRIMARY KEY,
  workspace_id uuid NOT NULL,
  size int NOT NULL,
  body text NOT NULL
) PARTITION BY RANGE (id);

-- Uniqueness that must outlive a partition lives in small unpartitioned tables.
CREATE TABLE event_dedup (
  trigger_id uuid NOT NULL,
  key_hash bytea NOT NULL,
  run_id uuid NOT NULL,
  event_id uuid NOT NULL,
  body_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (trigger_id, key_hash)
);
CREATE INDEX event_dedup_expires_at_idx ON event_dedup (expires_at);

CREATE TABLE schedule_fire (
  trigger_id uuid NOT NULL,
  scheduled_for timestamptz NOT NULL,
  run_id uuid,
  outcome text NOT NULL DEFAULT 'fired' CHECK (outcome IN ('fired', 'missed', 'skipped')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (trigger_id, scheduled_for)
);

CREATE TABLE idempotency_record (
  scope text NOT NULL,
  key_hash bytea NOT NULL,
  workspace_id uuid NOT NULL,
  fingerprint bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('claimed', 'sent', 'succeeded', 'failed_final', 'released', 'unknown_outcome')),
  fence bigint NOT NULL DEFAULT 1,
  generation int NOT NULL DEFAULT 1,
  owner_run uuid NOT NULL,
  owner_step uuid NOT NULL,
  outbound_key text NOT NULL,
  first_sent_at timestamptz,
  result text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key_hash)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX idempotency_record_expires_at_idx ON idempotency_record (expires_at);
CREATE INDEX idempotency_record_owner_step_idx ON idempotency_record (owner_step);
CREATE TABLE idempotency_waiter (
  scope text NOT NULL,
  key_hash bytea NOT NULL,
  run_id uuid NOT NULL,
  step_id uuid NOT NULL,
  PRIMARY KEY (scope, key_hash, step_id)
);

CREATE TABLE worker (
  id uuid PRIMARY KEY,
  graphile_worker_ids text[] NOT NULL DEFAULT '{}',
  host text NOT NULL,
  pid int NOT NULL,
  version text NOT NULL,
  concurrency int NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  draining boolean NOT NULL DEFAULT false,
  stopped_at timestamptz,
  loop_delay_ms real NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- The inbox.
CREATE TABLE issue (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  workflow_id uuid NOT NULL REFERENCES workflow (id),
  node_id text NOT NULL,
  type text NOT NULL,
  fingerprint text NOT NULL,
  title text NOT NULL,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'acknowledged', 'snoozed', 'resolved', 'ignored')),
  regressed boolean NOT NULL DEFAULT false,
  escalating boolean NOT NULL DEFAULT false,
  assignee_id text REFERENCES auth_user (id) ON DELETE SET NULL,
  snooze text,
  note text NOT NULL DEFAULT '',
  count int NOT NULL DEFAULT 0,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  opened_at timestamptz NOT NULL,
  resolved_at timestamptz,
  UNIQUE (workspace_id, fingerprint)
);
CREATE INDEX issue_workspace_id_status_idx ON issue (workspace_id, status, last_seen_at DESC);

CREATE TABLE dead_letter (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  issue_id uuid NOT NULL REFERENCES issue (id),
  workflow_id uuid NOT NULL,
  version int,
  run_id uuid NOT NULL,
  step_id uuid NOT NULL,
  node_id text NOT NULL,
  iteration text NOT NULL DEFAULT '',
  kind text NOT NULL,
  class text NOT NULL,
  error text NOT NULL,
  input text,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'redriving', 'resolved', 'discarded')),
  edited_input text,
  event_at timestamptz NOT NULL,
  dead_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by text,
  close_reason text
);
CREATE UNIQUE INDEX dead_letter_open_step_idx ON dead_letter (step_id) WHERE status IN ('open', 'redriving');
CREATE INDEX dead_letter_issue_id_idx ON dead_letter (issue_id, id DESC);
CREATE INDEX dead_letter_open_idx ON dead_letter (workspace_id, id DESC) WHERE status IN ('open', 'redriving');
CREATE INDEX dead_letter_run_id_idx ON dead_letter (run_id);

CREATE TABLE issue_activity (
  id uuid PRIMARY KEY,
  issue_id uuid NOT NULL REFERENCES issue (id),
  workspace_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  actor_type text NOT NULL,
  actor_id text,
  action text NOT NULL,
  details text NOT NULL DEFAULT '{}'
);
CREATE INDEX issue_activity_issue_id_idx ON issue_activity (issue_id, id DESC);

-- The built-in remote under /sandbox/<name>/….
CREATE TABLE sandbox_target (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  name text NOT NULL UNIQUE,
  kind text NOT NULL CHECK (kind IN ('echo', 'recorder', 'flaky', 'slow', 'rate-limited', 'apply-then-drop')),
  settings text NOT NULL DEFAULT '{}',
  calls int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sandbox_effect (
  id uuid PRIMARY KEY,
  target_id uuid NOT NULL REFERENCES sandbox_target (id) ON DELETE CASCADE,
  idempotency_key text,
  method text NOT NULL,
  path text NOT NULL,
  body text,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX sandbox_effect_target_id_idx ON sandbox_effect (target_id, idempotency_key);

-- Partitions: one a week, made ahead; a DEFAULT one catches ids of another time. Idempotent.
CREATE FUNCTION uuid_at(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;

CREATE FUNCTION ensure_partitions(from_week timestamptz, weeks int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE parent text; week timestamptz; child text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sluice.ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['event', 'run', 'step', 'attempt', 'payload'] LOOP
    FOR i IN 0..weeks - 1 LOOP
      week := date_trunc('week', from_week AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + i * interval '7 days';
      child := parent || '_' || to_char(week AT TIME ZONE 'UTC', 'IYYY"w"IW');
      IF to_regclass(child) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent, uuid_at(week), uuid_at(week + interval '7 days'));
      END IF;
    END LOOP;
    child := parent || '_other';
    IF to_regclass(child) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', child, parent);
    END IF;
  END LOOP;
END $$;
SELECT ensure_partitions(now(), 5);
