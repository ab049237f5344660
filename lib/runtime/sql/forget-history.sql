-- Takes away what a workflow does not want kept of runs that have ended. One that somebody has redriven meanwhile is whole again
-- until it ends. Large values have been stored apart and go with their partition.
WITH due AS (
  DELETE FROM run_forget f USING (
    SELECT run_id FROM run_forget WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT 500 FOR UPDATE SKIP LOCKED
  ) old
  WHERE f.run_id = old.run_id
  RETURNING f.run_id, f.whole
),
ended AS (
  SELECT d.run_id, d.whole FROM due d JOIN run r ON r.id = d.run_id
  WHERE CASE WHEN d.whole THEN r.status = 'succeeded' ELSE r.status IN ('succeeded', 'failed', 'canceled') END
),
step_put AS (
  UPDATE step s SET input = NULL, input_ref = NULL, output = NULL, output_ref = NULL FROM ended e WHERE s.run_id = e.run_id AND e.whole
),
attempt_put AS (
  UPDATE attempt a SET request = NULL, response = NULL FROM ended e WHERE a.run_id = e.run_id
)
SELECT count(*)::int AS forgotten FROM ended
