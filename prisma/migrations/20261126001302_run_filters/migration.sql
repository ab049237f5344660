-- Filters of the run list that few or no runs match: without these, a page of the list reads every run of the workspace to find out.

-- What is true of few runs at a time is an index of few rows.
CREATE INDEX run_open_idx ON run (workspace_id, id DESC) WHERE status IN ('queued', 'running', 'waiting');
CREATE INDEX run_retried_idx ON run (workspace_id, id DESC) WHERE retried;

-- What every run has is summed up for each stretch of the table: a stretch that cannot hold the value, or nothing so long or so late,
-- is not read. It costs a run next to nothing, which an ordered index on each of these would not.
CREATE INDEX run_summary_idx ON run USING brin (
  trigger_type text_bloom_ops, version int4_bloom_ops, mode text_bloom_ops,
  (finished_at - started_at) interval_minmax_ops, started_at timestamptz_minmax_ops, finished_at timestamptz_minmax_ops
) WITH (pages_per_range = 16, autosummarize = on);
