-- Connections that must not be called just now, and the runs that wait for them (engine.md 1.4 auth, 1.5 isolated).

ALTER TABLE connection
  -- Why a person took it out of service; its status is then `isolated`.
  ADD COLUMN isolated_reason text,
  -- Since when its credential is known to be refused. Nobody calls it until the credential is replaced or found to work.
  ADD COLUMN auth_failed_at timestamptz,
  -- A path below the base URL that may be asked at any time whether the remote is well.
  ADD COLUMN health_path text,
  -- Who may ask for a new token, and until when. The fence makes the answer of a slow one void.
  ADD COLUMN refresh_fence int NOT NULL DEFAULT 0,
  ADD COLUMN refresh_lease_until timestamptz;

-- Runs with a step that waits for the connection. Noted under a lock on the connection, so that no release passes them by.
CREATE TABLE connection_waiter (
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  run_id uuid NOT NULL,
  PRIMARY KEY (connection_id, run_id)
);

-- An issue about a connection has no dead letters of its own: what it stops is parked.
ALTER TABLE issue ADD COLUMN connection_id uuid;
CREATE INDEX issue_connection_id_idx ON issue (connection_id) WHERE connection_id IS NOT NULL;
