-- Puts runs that are still to start behind their workflow's gate: others wait, and it has its share of the places already.
-- Those that come next are held from the start. Lock order: run, then gate.
WITH held AS (
  UPDATE run SET gated = true
  WHERE id IN (SELECT id FROM run WHERE id = ANY ($1::uuid[]) AND status = 'queued' AND started_at IS NULL AND NOT gated
    AND cancel_requested_at IS NULL ORDER BY id FOR NO KEY UPDATE)
  RETURNING id, workspace_id, workflow_id, priority, deadline_at
),
gate_put AS (
  INSERT INTO run_gate (run_id, workspace_id, workflow_id, state, priority, deadline_at)
  SELECT id, workspace_id, workflow_id, 'ready', priority, deadline_at FROM held ORDER BY id
  ON CONFLICT (run_id) DO NOTHING
),
busy AS (
  INSERT INTO busy_workflow AS b (workflow_id, busy_until, hold_until)
  SELECT workflow_id, clock_timestamp() + interval '5 seconds', clock_timestamp() + interval '5 seconds'
  FROM (SELECT DISTINCT workflow_id FROM held ORDER BY 1) w
  ON CONFLICT (workflow_id) DO UPDATE SET busy_until = greatest(b.busy_until, excluded.busy_until), hold_until = greatest(b.hold_until, excluded.hold_until)
),
woken AS (
  SELECT CASE WHEN count(*) > 0 THEN wake_gates(array_agg(workflow_id)) END FROM held
)
SELECT h.id FROM held h, woken
