-- Who is told of issues, and how: channels, rules that choose among them, and the log of what was sent.

-- What was noted down before there were channels is old news: nobody is told of it now.
ALTER TABLE issue_notification ADD COLUMN routed_at timestamptz;
UPDATE issue_notification SET routed_at = at;
CREATE INDEX issue_notification_unrouted_idx ON issue_notification (at) WHERE routed_at IS NULL;

CREATE TABLE alert_channel (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('webhook', 'slack', 'email')),
  -- Where it leads, as it may be shown: without what is secret in an address.
  target text NOT NULL,
  -- JSON with the address and the key, sealed.
  sealed text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  -- Why it is off when nobody turned it off.
  disabled_reason text,
  -- Since when there were only failures; null after a success.
  failing_since timestamptz,
  -- Nothing goes out before: its remote asked for patience, or its limit is used up.
  resume_at timestamptz,
  -- The grants of the last minute, as lib/policies/throttle.ts keeps them.
  grants text NOT NULL DEFAULT '[]',
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_answer text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The log goes on naming it.
  removed_at timestamptz
);
CREATE UNIQUE INDEX alert_channel_name_key ON alert_channel (workspace_id, name) WHERE removed_at IS NULL;

CREATE TABLE alert_rule (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  name text NOT NULL,
  -- Empty: all.
  workflow_ids uuid[] NOT NULL DEFAULT '{}',
  issue_types text[] NOT NULL DEFAULT '{}',
  critical_only boolean NOT NULL DEFAULT true,
  kinds text[] NOT NULL,
  channel_ids uuid[] NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  muted_until timestamptz,
  mute_reason text NOT NULL DEFAULT '',
  muted_by text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz
);
CREATE UNIQUE INDEX alert_rule_name_key ON alert_rule (workspace_id, name) WHERE removed_at IS NULL;

CREATE TABLE alert (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  rule_id uuid NOT NULL REFERENCES alert_rule (id),
  channel_id uuid NOT NULL REFERENCES alert_channel (id),
  issue_id uuid NOT NULL REFERENCES issue (id),
  episode int NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opened', 'regressed', 'escalating', 'unsnoozed')),
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed', 'suppressed')),
  attempts int NOT NULL DEFAULT 0,
  -- While pending: when it is tried next. An attempt under way holds it for longer than it may take.
  next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The message it went out in; several of a storm share one. It is the same at every attempt.
  message_id uuid,
  answer text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz,
  UNIQUE (rule_id, channel_id, issue_id, episode, kind)
);
CREATE INDEX alert_log_idx ON alert (workspace_id, id DESC);
CREATE INDEX alert_pending_idx ON alert (channel_id, next_at) WHERE state = 'pending';
CREATE INDEX alert_created_at_idx ON alert (created_at);
