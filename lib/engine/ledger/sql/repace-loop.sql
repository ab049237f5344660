-- Gives a loop under way another pace ($4, JSON text), and wakes its run, or whoever holds it. Lock order: run, then step.
WITH target AS (
  SELECT id FROM run WHERE id = $1 AND workspace_id = $2 AND status IN ('running', 'waiting') FOR NO KEY UPDATE
),
changed AS (
  UPDATE step s SET loop_pace = $4 FROM target t WHERE s.run_id = t.id AND s.id = $3 AND s.status = 'waiting' AND s.wait_reason = 'child'
  RETURNING s.run_id
)
SELECT run_id, wake_runs(ARRAY[run_id]) FROM changed
