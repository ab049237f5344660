-- Control of arrivals (settings.arrivals): what becomes of events that come faster than there should be runs. Only workflows
-- that set it have rows here; for all others nothing changes. lib/engine/ledger/arrivals.ts tells the whole story.

-- One row for a control and key: the lock under which its events are judged, and what is known of those before. `gather`: the
-- run that is gathering events (debounce, batch); `limit`: when events were let through; `singleton`: the run that goes.
CREATE TABLE arrival (
  workflow_id uuid NOT NULL,
  control text NOT NULL CHECK (control IN ('gather', 'limit', 'singleton')),
  key_hash bytea NOT NULL,
  workspace_id uuid NOT NULL,
  run_id uuid,
  due_at timestamptz,
  state text,
  expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '1 day',
  PRIMARY KEY (workflow_id, control, key_hash)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX arrival_run_idx ON arrival (run_id) WHERE control = 'gather';
CREATE INDEX arrival_due_idx ON arrival (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX arrival_expires_idx ON arrival (expires_at);

-- The events of a batch that has not started.
CREATE TABLE arrival_item (
  run_id uuid NOT NULL,
  place int NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (run_id, place)
);

-- What is swallowed stays as an event. Of those that are there nothing need be read to know that they are right.
ALTER TABLE event DROP CONSTRAINT event_outcome_check;
ALTER TABLE event ADD CONSTRAINT event_outcome_check
  CHECK (outcome IN ('accepted', 'duplicate', 'rejected', 'superseded', 'batched', 'dropped')) NOT VALID;

-- A run that gathers events is held at the gate of its workflow.
ALTER TABLE run_gate DROP CONSTRAINT run_gate_state_check;
ALTER TABLE run_gate ADD CONSTRAINT run_gate_state_check
  CHECK (state IN ('gathering', 'new', 'behind', 'ready', 'admitted', 'failed', 'blocked', 'ended'));

-- Lets gathered runs go on to the gate: a batch gets what its events brought. Whoever calls it holds the rows of `arrival`.
CREATE FUNCTION release_arrivals(p_runs uuid[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE workflows uuid[];
BEGIN
  WITH gone AS (
    DELETE FROM arrival_item WHERE run_id = ANY (p_runs) RETURNING run_id, place, event_id
  ), composed AS (
    SELECT r.id, r.workspace_id, r.event_id, '{"items":[' || string_agg(coalesce(e.data, p.body), ',' ORDER BY g.place) || ']}' AS body
    FROM gone g JOIN run r ON r.id = g.run_id JOIN event e ON e.id = g.event_id LEFT JOIN payload p ON p.id = e.data_ref
    GROUP BY r.id, r.workspace_id, r.event_id
  ), payload_put AS (
    INSERT INTO payload (id, workspace_id, size, body)
    SELECT e.data_ref, c.workspace_id, length(c.body), c.body FROM composed c JOIN event e ON e.id = c.event_id WHERE length(c.body) > 65536
  )
  UPDATE event e SET data = CASE WHEN length(c.body) <= 65536 THEN c.body END,
    data_ref = CASE WHEN length(c.body) > 65536 THEN e.data_ref END, size = length(c.body)
  FROM composed c WHERE e.id = c.event_id;
  WITH let_go AS (
    UPDATE run_gate SET state = CASE WHEN order_key IS NULL THEN 'ready' ELSE 'new' END
    WHERE run_id = ANY (p_runs) AND state = 'gathering' RETURNING workflow_id
  )
  SELECT array_agg(workflow_id) INTO workflows FROM let_go;
  RETURN wake_gates(workflows);
END $$;

-- The timer of a run that gathers: lets it go once it is due, by the clock read after the lock; else comes again.
CREATE FUNCTION release_due_arrival(p_run uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE found_row arrival;
BEGIN
  SELECT * INTO found_row FROM arrival WHERE run_id = p_run AND control = 'gather' FOR UPDATE;
  IF found_row.run_id IS NULL THEN RETURN false; END IF;
  IF found_row.due_at > clock_timestamp() THEN
    PERFORM arm_arrivals(ARRAY[p_run], ARRAY[found_row.due_at]);
    RETURN false;
  END IF;
  UPDATE arrival SET run_id = NULL, due_at = NULL, state = NULL, expires_at = clock_timestamp()
  WHERE workflow_id = found_row.workflow_id AND control = 'gather' AND key_hash = found_row.key_hash;
  PERFORM release_arrivals(ARRAY[p_run]);
  RETURN true;
END $$;

CREATE FUNCTION arm_arrivals(p_runs uuid[], p_at timestamptz[]) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('release-arrival', json_build_object('runId', r), NULL, due, NULL, 'arrival:' || r, -100, NULL)::graphile_worker.job_spec
    FROM unnest(p_runs, p_at) AS t (r, due) ORDER BY r)));
END $$;

-- A debounced run may have begun in one week and have its event in the next: that week stays, too, while the run is needed.
CREATE OR REPLACE FUNCTION drop_partitions(older_than timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE week text; week_start timestamptz; week_end timestamptz; parent text; kept boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sluice.ensure_partitions'));
  -- Dropping a partition locks its parent; those who write must not queue behind us for long.
  SET LOCAL lock_timeout = '2s';
  FOR week IN
    SELECT substr(c.relname, 5) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'run'::regclass AND c.relname ~ '^run_\d{4}w\d{2}$' ORDER BY 1
  LOOP
    week_start := to_date(week, 'IYYY"w"IW')::timestamp AT TIME ZONE 'UTC';
    week_end := week_start + interval '7 days';
    CONTINUE WHEN week_end > older_than;
    SELECT EXISTS (SELECT FROM run WHERE id >= uuid_at(week_start) AND id < uuid_at(week_end) AND status IN ('queued', 'running', 'waiting'))
      OR EXISTS (SELECT FROM dead_letter WHERE run_id >= uuid_at(week_start) AND run_id < uuid_at(week_end)
        AND status IN ('open', 'redriving'))
      OR EXISTS (SELECT FROM run r WHERE r.id >= uuid_at(week_start - interval '7 days') AND r.id < uuid_at(week_start)
        AND r.event_id >= uuid_at(week_start) AND r.event_id < uuid_at(week_end) AND (r.status IN ('queued', 'running', 'waiting')
          OR EXISTS (SELECT FROM dead_letter l WHERE l.run_id = r.id AND l.status IN ('open', 'redriving')))) INTO kept;
    CONTINUE WHEN kept;
    FOREACH parent IN ARRAY ARRAY['attempt', 'step', 'run', 'event', 'payload'] LOOP
      EXECUTE format('DROP TABLE IF EXISTS %I', parent || '_' || week);
    END LOOP;
    RETURN NEXT week;
  END LOOP;
END $$;
