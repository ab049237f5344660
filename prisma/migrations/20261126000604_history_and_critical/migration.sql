-- Runs that have ended and of which less is to be kept (settings.history), and from when on.
CREATE TABLE run_forget (
  run_id uuid PRIMARY KEY,
  -- Inputs, outputs and the bodies of attempts; else only the last.
  whole boolean NOT NULL,
  due_at timestamptz NOT NULL
);
CREATE INDEX run_forget_due_at_idx ON run_forget (due_at);

-- False: the author said that failures of the node are to be counted, and nobody told.
ALTER TABLE issue ADD COLUMN critical boolean NOT NULL DEFAULT true;
