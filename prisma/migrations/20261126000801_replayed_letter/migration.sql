-- The run an item was replayed as, when it was not its own run that went on: the item leaves the inbox when that run has succeeded.
ALTER TABLE dead_letter ADD COLUMN replay_run_id uuid;
-- Who replays a run is found by it: its links to its replays.
CREATE INDEX run_replay_of_idx ON run (replay_of) WHERE replay_of IS NOT NULL;
