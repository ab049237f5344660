-- The summary of each stretch of the run table is written again when a run changes there, three times a run. With filters made for 465
-- different triggers, versions and modes a stretch it was 1.7 kB, and that was a fifth of what PostgreSQL worked for a run. A stretch
-- holds a handful of each; where it holds more than 16, the filter lets more through and the stretch is read.
DROP INDEX run_summary_idx;
CREATE INDEX run_summary_idx ON run USING brin (
  trigger_type text_bloom_ops (n_distinct_per_range = 16), version int4_bloom_ops (n_distinct_per_range = 16),
  mode text_bloom_ops (n_distinct_per_range = 16),
  (finished_at - started_at) interval_minmax_ops, started_at timestamptz_minmax_ops, finished_at timestamptz_minmax_ops
) WITH (pages_per_range = 16, autosummarize = on);
