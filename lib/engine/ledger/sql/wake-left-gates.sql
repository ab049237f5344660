-- Self-healing: gates with something to do get a job again, should one have been lost; held runs whose deadline has passed
-- are advanced, to end; and nothing that is over keeps a place. So do runs that should have stopped gathering long ago.
WITH overdue AS (
  SELECT run_id FROM run_gate WHERE state IN ('gathering', 'new', 'behind', 'ready') AND deadline_at < clock_timestamp() LIMIT 500
),
freed AS (
  UPDATE run_gate g SET state = 'failed' WHERE state = 'blocked' AND NOT EXISTS (
    SELECT FROM dead_letter l WHERE l.run_id = g.run_id AND l.status IN ('open', 'redriving'))
  RETURNING workflow_id
),
forgotten AS (
  UPDATE run_gate g SET state = 'ended' WHERE state = 'admitted' AND NOT EXISTS (
    SELECT FROM run r WHERE r.id = g.run_id AND r.status IN ('queued', 'running', 'waiting'))
  RETURNING workflow_id
),
late AS (
  SELECT run_id, due_at FROM arrival WHERE due_at < clock_timestamp() - interval '10 seconds' LIMIT 500
),
due AS (
  SELECT workflow_id FROM run_gate WHERE state IN ('new', 'ended', 'failed') UNION SELECT workflow_id FROM run_gate WHERE state = 'ready'
  UNION SELECT workflow_id FROM forgotten UNION SELECT workflow_id FROM freed
)
SELECT wake_gates(ARRAY(SELECT workflow_id FROM due)) AS gates, wake_runs(ARRAY(SELECT run_id FROM overdue)) AS overdue,
  (SELECT arm_arrivals(array_agg(run_id), array_agg(due_at)) FROM late) AS late
