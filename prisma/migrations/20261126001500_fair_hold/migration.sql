-- Holding runs back for the sake of others costs the database as much again as driving them, and once begun it never ended before
-- the workflow had caught up: under a flood of quick runs, who free places all the time, it only slowed all down. Now it ends after five
-- seconds unless a worker asks for it again or runs keep their places for long; what is held then is let in at once.

-- Takes runs that were held for the sake of others from the gate: their jobs ask for a place like those of runs that were never held.
-- Some thousands at a time; for the rest the gate is looked at again half a second later. Lock order: run, then gate.
CREATE FUNCTION release_held(p_workflow uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  held uuid[];
  added int;
BEGIN
  held := ARRAY(SELECT run_id FROM run_gate WHERE workflow_id = p_workflow AND state = 'ready' AND order_key IS NULL AND run_limit IS NULL
    ORDER BY priority, seq LIMIT 5000);
  IF held = '{}' THEN RETURN; END IF;
  PERFORM FROM run WHERE id = ANY (held) ORDER BY id FOR NO KEY UPDATE;
  UPDATE run SET gated = false WHERE id = ANY (held) AND status = 'queued' AND started_at IS NULL;
  WITH released AS (
    DELETE FROM run_gate g USING run r WHERE g.run_id = ANY (held) AND g.state = 'ready' AND r.id = g.run_id AND NOT r.gated
    RETURNING g.run_id, g.priority, g.seq
  )
  SELECT count(*) INTO added FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', run_id, 'workflowId', p_workflow), NULL, NULL, NULL, 'run:' || run_id, priority, NULL)::graphile_worker.job_spec
    FROM released ORDER BY priority, seq));
END $$;

-- Lets in what may start now. Everything that changes whose turn it is happens here, under the lock of the workflow's gate;
-- each statement looks anew after it (engine.md 1.11). Returns how many runs were let in.
CREATE OR REPLACE FUNCTION admit_runs(p_workflow uuid) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  keys text[];
  room int;
  in_progress int;
  admitted int;
  holding boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sluice.gate ' || p_workflow, 0));
  -- A failed run holds its key while a person is asked about it. One that is being redriven is in progress again. Locked before
  -- its dead letters are looked at: who closes one meanwhile waits for us, or is seen.
  PERFORM FROM run_gate WHERE workflow_id = p_workflow AND state = 'failed' FOR UPDATE;
  UPDATE run_gate g SET active = true, state = CASE
      WHEN r.status IN ('queued', 'running', 'waiting') THEN 'admitted'
      WHEN EXISTS (SELECT FROM dead_letter l WHERE l.run_id = g.run_id AND l.status IN ('open', 'redriving')) THEN 'blocked'
      ELSE 'ended' END
  FROM run r WHERE g.workflow_id = p_workflow AND g.state = 'failed' AND r.id = g.run_id;
  WITH gone AS (
    DELETE FROM run_gate g WHERE workflow_id = p_workflow AND (state = 'ended'
      OR (state = 'failed' AND NOT EXISTS (SELECT FROM run r WHERE r.id = g.run_id))) RETURNING order_key
  ), arrived AS (
    UPDATE run_gate SET state = 'behind' WHERE workflow_id = p_workflow AND state = 'new' RETURNING order_key
  )
  SELECT array_agg(order_key) INTO keys FROM (SELECT order_key FROM gone UNION SELECT order_key FROM arrived) k WHERE order_key IS NOT NULL;
  -- Of each key that was freed or is new, the oldest comes forward when nobody of the key is before it.
  UPDATE run_gate SET state = 'ready' WHERE state = 'behind' AND run_id IN (
    SELECT n.run_id FROM unnest(keys) AS k (key), LATERAL (
      SELECT run_id FROM run_gate WHERE workflow_id = p_workflow AND order_key = k.key AND state = 'behind' ORDER BY seq LIMIT 1) n
    WHERE NOT EXISTS (SELECT FROM run_gate h WHERE h.workflow_id = p_workflow AND h.order_key = k.key
      AND h.state IN ('ready', 'admitted', 'failed', 'blocked')));
  SELECT fair_share() - count(*) FILTER (WHERE active), count(*) FILTER (WHERE run_limit IS NOT NULL) INTO room, in_progress
  FROM run_gate WHERE workflow_id = p_workflow AND state = 'admitted';
  -- Of a workflow that was held back while it ran, some came in without passing the gate.
  holding := EXISTS (SELECT FROM busy_workflow WHERE workflow_id = p_workflow AND hold_until > clock_timestamp());
  IF NOT holding THEN
    PERFORM release_held(p_workflow);
  ELSE
    room := room - (SELECT count(*) FROM run r WHERE r.workflow_id = p_workflow AND r.status = 'running' AND NOT r.gated
      AND r.worker_id IN (SELECT id FROM worker WHERE stopped_at IS NULL));
  END IF;
  WITH candidate AS (
    SELECT run_id, run_limit, row_number() OVER (ORDER BY priority, seq) AS place FROM (
      SELECT run_id, run_limit, priority, seq FROM run_gate WHERE workflow_id = p_workflow AND state = 'ready'
      ORDER BY priority, seq LIMIT greatest(room, 0)) t
  ), let_in AS (
    UPDATE run_gate g SET state = 'admitted' FROM candidate c
    WHERE g.run_id = c.run_id AND g.state = 'ready' AND (c.run_limit IS NULL OR in_progress + c.place <= c.run_limit)
    RETURNING g.run_id, g.priority, g.seq
  ), enqueued AS (
    SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
      SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, priority, NULL)::graphile_worker.job_spec
      FROM let_in ORDER BY priority, seq))
  )
  SELECT count(*) INTO admitted FROM let_in, enqueued;
  -- While some are held for the sake of others, so are those that come: as long as runs of the workflow keep their places for long.
  UPDATE busy_workflow b SET hold_until = clock_timestamp() + interval '5 seconds'
  WHERE b.workflow_id = p_workflow AND holding
    AND EXISTS (SELECT FROM run_gate WHERE workflow_id = p_workflow AND state = 'ready' AND run_limit IS NULL)
    AND EXISTS (SELECT FROM run r WHERE r.workflow_id = p_workflow AND r.status = 'running' AND r.started_at < clock_timestamp() - interval '3 seconds');
  RETURN admitted;
END $$;
