-- Filters of a list under a name: somebody's own, or the team's.
CREATE TABLE saved_view (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES workspace (id),
  -- Which list it is of.
  screen text NOT NULL CHECK (screen IN ('runs', 'inbox')),
  name text NOT NULL,
  -- The filters as they stand in the address.
  search text NOT NULL,
  shared boolean NOT NULL DEFAULT false,
  actor_type text NOT NULL,
  actor_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX saved_view_screen_idx ON saved_view (workspace_id, screen);
