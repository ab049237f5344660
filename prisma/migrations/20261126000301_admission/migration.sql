-- Admission: which runs may start when the workflow's settings, or fairness between workflows, set a limit. Only gated runs
-- have a row here; for all others nothing changes. lib/engine/ledger/admission.ts tells the whole story.

ALTER TABLE run
  ADD COLUMN gated boolean NOT NULL DEFAULT false,
  ADD COLUMN parent_run_id uuid,
  ADD COLUMN parent_step_id uuid,
  ADD COLUMN depth smallint NOT NULL DEFAULT 0,
  ADD COLUMN failure_of uuid;
CREATE INDEX run_parent_run_id_idx ON run (parent_run_id, id) WHERE parent_run_id IS NOT NULL;

-- One row for a gated run, from its event to its end. `seq` is the order of receipt. States: `new` (its key has not been looked
-- at), `behind` (another run of its key comes first), `ready` (may start when there is room), `admitted`, `failed` (to be
-- judged), `blocked` (failed, and holds its key until its dead letter is closed), `ended` (to be taken out).
CREATE TABLE run_gate (
  run_id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  workflow_id uuid NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  state text NOT NULL CHECK (state IN ('new', 'behind', 'ready', 'admitted', 'failed', 'blocked', 'ended')),
  order_key text,
  run_limit int,
  blocks boolean NOT NULL DEFAULT false,
  priority smallint NOT NULL DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  deadline_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX run_gate_turn_idx ON run_gate (workflow_id, order_key, seq) WHERE state = 'behind';
CREATE INDEX run_gate_head_idx ON run_gate (workflow_id, order_key) WHERE state IN ('ready', 'admitted', 'failed', 'blocked');
CREATE INDEX run_gate_ready_idx ON run_gate (workflow_id, priority, seq) WHERE state = 'ready';
CREATE INDEX run_gate_open_idx ON run_gate (workflow_id, state) WHERE state IN ('new', 'admitted', 'failed', 'ended');

-- Workflows that keep the others waiting. Until `busy_until` the runs of all others are fetched before theirs; until
-- `hold_until` theirs are held and let in as places become free.
CREATE TABLE busy_workflow (
  workflow_id uuid PRIMARY KEY,
  busy_until timestamptz NOT NULL,
  hold_until timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX workflow_trigger_failed_idx ON workflow_trigger (workspace_id) WHERE type = 'workflow-failed';

-- The most runs of one workflow that may be in hand at once when others wait: three quarters of all places.
CREATE FUNCTION fair_share() RETURNS int LANGUAGE sql STABLE AS $$
  SELECT greatest(1, floor(coalesce(sum(concurrency), 0) * 0.75))::int FROM worker
  WHERE stopped_at IS NULL AND last_seen_at > clock_timestamp() - interval '30 seconds' $$;

-- Wakes the gate of each workflow once. In one order, so that two who wake the same gates do not wait for each other.
CREATE FUNCTION wake_gates(p_workflows uuid[]) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('admit', json_build_object('workflowId', w), NULL, NULL, NULL, 'admit:' || w, -100, NULL)::graphile_worker.job_spec
    FROM (SELECT DISTINCT w FROM unnest(p_workflows) AS t (w) WHERE w IS NOT NULL ORDER BY w) d)));
END $$;

-- Lets in what may start now. Everything that changes whose turn it is happens here, under the lock of the workflow's gate;
-- each statement looks anew after it (engine.md 1.11). Returns how many runs were let in.
CREATE FUNCTION admit_runs(p_workflow uuid) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  keys text[];
  room int;
  in_progress int;
  admitted int;
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
  IF EXISTS (SELECT FROM busy_workflow WHERE workflow_id = p_workflow) THEN
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
  -- While some are still held for the sake of others, so are those that come.
  UPDATE busy_workflow b SET hold_until = clock_timestamp() + interval '5 seconds'
  WHERE b.workflow_id = p_workflow AND EXISTS (SELECT FROM run_gate WHERE workflow_id = p_workflow AND state = 'ready' AND run_limit IS NULL);
  RETURN admitted;
END $$;

-- Gated runs that parked or ended give their place back, in the statement that parks or ends them. `p_how` is the new status.
CREATE FUNCTION leave_gates(p_runs uuid[], p_how text[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE workflows uuid[];
BEGIN
  WITH left_by AS (
    SELECT * FROM unnest(p_runs, p_how) AS t (run_id, how)
  ), gone AS (
    -- Held for fairness alone, a run need not be known once it has started; without a key there is nobody behind it.
    DELETE FROM run_gate g USING left_by l
    WHERE g.run_id = l.run_id AND g.order_key IS NULL AND (l.how <> 'waiting' OR g.run_limit IS NULL)
    RETURNING g.workflow_id
  ), stays AS (
    UPDATE run_gate g SET active = false, state = CASE
        WHEN l.how = 'waiting' THEN g.state WHEN l.how = 'failed' AND g.blocks THEN 'failed' ELSE 'ended' END
    FROM left_by l
    WHERE g.run_id = l.run_id AND (g.order_key IS NOT NULL OR g.run_limit IS NOT NULL) AND (l.how <> 'waiting' OR g.active)
      AND NOT (g.order_key IS NULL AND l.how <> 'waiting')
    RETURNING g.workflow_id
  )
  SELECT array_agg(workflow_id) INTO workflows FROM (SELECT workflow_id FROM gone UNION ALL SELECT workflow_id FROM stays) w;
  RETURN wake_gates(workflows);
END $$;

-- Wakes parked runs: what they wait for has happened.
CREATE FUNCTION wake_runs(p_runs uuid[]) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', r), NULL, NULL, NULL, 'run:' || r, -1, NULL)::graphile_worker.job_spec
    FROM (SELECT DISTINCT r FROM unnest(p_runs) AS t (r) ORDER BY r) d)));
END $$;

-- Of runs that have failed for good: a job that starts the workflows that want to know, where there are any.
CREATE FUNCTION tell_failures(p_runs uuid[]) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('tell-failure', json_build_object('runId', r.id), NULL, NULL, NULL, 'failed:' || r.id, NULL, NULL)::graphile_worker.job_spec
    FROM run r WHERE r.id = ANY (p_runs) AND EXISTS (
      SELECT FROM workflow_trigger t WHERE t.workspace_id = r.workspace_id AND t.type = 'workflow-failed' AND t.enabled)
    ORDER BY r.id)));
END $$;

-- Whoever closes or redrives a dead letter, and by whatever statement: the gate its run holds shut looks again.
CREATE FUNCTION judge_gate_again() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE workflow uuid;
BEGIN
  UPDATE run_gate SET state = 'failed' WHERE run_id = NEW.run_id AND state IN ('failed', 'blocked') RETURNING workflow_id INTO workflow;
  IF workflow IS NOT NULL THEN PERFORM wake_gates(ARRAY[workflow]); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER dead_letter_gate AFTER UPDATE OF status ON dead_letter FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION judge_gate_again();
