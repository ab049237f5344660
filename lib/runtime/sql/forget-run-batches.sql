-- A bulk replay or cancel is kept as long as the runs it was about.
WITH gone AS (
  SELECT id FROM run_batch WHERE finished_at < now() - $1::int * interval '1 day'
),
items AS (
  DELETE FROM run_batch_item WHERE batch_id IN (SELECT id FROM gone)
)
DELETE FROM run_batch WHERE id IN (SELECT id FROM gone)
