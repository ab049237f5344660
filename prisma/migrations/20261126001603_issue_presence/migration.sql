-- Who looks at which issue now: one row a person and issue, renewed while it is on their screen and gone a minute later. Nothing of it
-- is worth keeping over a crash, so it costs no write-ahead log.
CREATE UNLOGGED TABLE issue_presence (
  issue_id uuid NOT NULL,
  user_id text NOT NULL,
  workspace_id uuid NOT NULL,
  doing text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (issue_id, user_id)
);
