-- By what runs are found besides what is known of every run (settings.attributes): small, typed, apart from the payload. Rows go with
-- their runs, by the time that their ids begin with.
CREATE TABLE run_attr (
  run_id uuid NOT NULL,
  name text NOT NULL,
  workspace_id uuid NOT NULL,
  type text NOT NULL CHECK (type IN ('text', 'number', 'boolean', 'time')),
  text_value text,
  number_value double precision,
  time_value timestamptz(6),
  -- Why it has no value.
  problem text,
  PRIMARY KEY (run_id, name)
);
CREATE INDEX run_attr_text_idx ON run_attr (workspace_id, name, text_value, run_id DESC) WHERE text_value IS NOT NULL;
CREATE INDEX run_attr_number_idx ON run_attr (workspace_id, name, number_value, run_id DESC) WHERE number_value IS NOT NULL;
CREATE INDEX run_attr_time_idx ON run_attr (workspace_id, name, time_value, run_id DESC) WHERE time_value IS NOT NULL;
