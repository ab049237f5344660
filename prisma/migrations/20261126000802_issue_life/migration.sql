-- The life of an issue: what versions it was seen in, what would bring it back, what it was merged with, and what people were told.
ALTER TABLE issue ADD COLUMN first_version int;
ALTER TABLE issue ADD COLUMN last_version int;
-- Resolved "in the next version": what comes of this version or an older one does not bring it back.
ALTER TABLE issue ADD COLUMN resolved_in_version int;
-- Raised each time it comes back; one notification for each.
ALTER TABLE issue ADD COLUMN episode int NOT NULL DEFAULT 1;
ALTER TABLE issue ADD COLUMN merged_into uuid REFERENCES issue (id);

-- Whoever sends alerts reads here: written in the statement that opens an issue or brings it back, so that none is told twice or not at all.
CREATE TABLE issue_notification (
  issue_id uuid NOT NULL REFERENCES issue (id),
  episode int NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opened', 'regressed', 'escalating', 'unsnoozed')),
  workspace_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (issue_id, episode, kind)
);
CREATE INDEX issue_notification_at_idx ON issue_notification (at);

-- A cause that people said is another one's: its failures are counted there. With a message: only the failures that say exactly this.
CREATE TABLE issue_alias (
  workspace_id uuid NOT NULL,
  fingerprint text NOT NULL,
  message text NOT NULL DEFAULT '',
  target text NOT NULL,
  PRIMARY KEY (workspace_id, fingerprint, message)
);

-- The cause an item was found to have, before any merging. Null: of before this was kept.
ALTER TABLE dead_letter ADD COLUMN fingerprint text;
-- What is still unsettled, by when it was last seen: the keeper of issues looks through these.
CREATE INDEX issue_unsettled_idx ON issue (id) WHERE status IN ('open', 'acknowledged', 'snoozed');
