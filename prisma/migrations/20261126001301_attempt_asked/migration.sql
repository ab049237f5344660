-- When an attempt asked for its place under a limit: the time from then to its start is the wait that the limit caused, apart from the
-- wait for its turn or for the back-off before it. NULL: nothing limits it.
ALTER TABLE attempt ADD COLUMN asked_at timestamptz;
