-- The heart of durability: all state changes of all runs a worker moved since the last commit, in one statement.
-- Every row is guarded by the fence of its run: of a run that another worker has claimed since, nothing is written and
-- its id does not come back. Lock order: runs by id, then what hangs on them.
WITH owned AS MATERIALIZED (
  SELECT * FROM move_runs($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::text[], $6::boolean[], $7::boolean[], $8::text[], $9::boolean[],
    $50::int[])
),
step_put AS (
  INSERT INTO step AS s (run_id, node_id, iteration, id, workspace_id, status, wait_reason, wake_at, port, effect, input, input_ref,
    output, output_ref, error, attempts, attempts_base, throttled_attempts, lost_count, idempotency_key, created_at, started_at, finished_at, deadline_at)
  SELECT t.* FROM unnest($10::uuid[], $11::text[], $12::text[], $13::uuid[], $14::uuid[], $15::text[], $16::text[], $17::timestamptz[],
    $18::text[], $19::text[], $20::text[], $21::uuid[], $22::text[], $23::uuid[], $24::text[], $25::int[], $26::int[], $27::int[],
    $28::int[], $29::text[], $30::timestamptz[], $31::timestamptz[], $32::timestamptz[], $33::timestamptz[])
    AS t (run_id, node_id, iteration, id, workspace_id, status, wait_reason, wake_at, port, effect, input, input_ref, output, output_ref,
      error, attempts, attempts_base, throttled_attempts, lost_count, idempotency_key, created_at, started_at, finished_at, deadline_at)
  JOIN owned o ON o.id = t.run_id
  ON CONFLICT (run_id, node_id, iteration) DO UPDATE SET
    status = excluded.status, wait_reason = excluded.wait_reason, wake_at = excluded.wake_at, port = excluded.port, effect = excluded.effect,
    input = coalesce(excluded.input, s.input), input_ref = coalesce(excluded.input_ref, s.input_ref),
    -- The output of a loop changes while it goes on, and may move to or from its own table.
    output = CASE WHEN excluded.output_ref IS NULL THEN coalesce(excluded.output, s.output) END,
    output_ref = CASE WHEN excluded.output IS NULL THEN coalesce(excluded.output_ref, s.output_ref) END,
    error = excluded.error, attempts = excluded.attempts, attempts_base = excluded.attempts_base,
    throttled_attempts = excluded.throttled_attempts, lost_count = excluded.lost_count, idempotency_key = excluded.idempotency_key,
    started_at = excluded.started_at, finished_at = excluded.finished_at, deadline_at = excluded.deadline_at
),
attempt_put AS (
  INSERT INTO attempt AS a (run_id, step_id, no, workspace_id, fence, worker_id, state, class, http_status, request, response, error,
    created_at, sent_at, ended_at, asked_at)
  SELECT t.run_id, t.step_id, t.no, t.workspace_id, t.fence, $34::uuid, t.state, t.class, t.http_status, t.request, t.response, t.error,
    t.created_at, t.sent_at, t.ended_at, t.asked_at
  FROM unnest($35::uuid[], $36::uuid[], $37::int[], $38::uuid[], $39::int[], $40::text[], $41::text[], $42::int[], $43::text[], $44::text[],
    $45::text[], $46::timestamptz[], $47::timestamptz[], $48::timestamptz[], $51::timestamptz[])
    AS t (run_id, step_id, no, workspace_id, fence, state, class, http_status, request, response, error, created_at, sent_at, ended_at,
      asked_at)
  JOIN owned o ON o.id = t.run_id
  ON CONFLICT (run_id, step_id, no) DO UPDATE SET
    state = excluded.state, class = excluded.class, http_status = excluded.http_status, request = coalesce(excluded.request, a.request),
    response = excluded.response, error = excluded.error, sent_at = excluded.sent_at, ended_at = excluded.ended_at
),
woken AS (
  -- A parked run gets its timer. An earlier time of a job that waits under the run's key is kept: it is a wake-up nobody has
  -- picked up yet, and the timer must not put it off.
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', o.id), NULL, o.wake_at, NULL,
      'run:' || o.id, o.priority - 1, NULL)::graphile_worker.job_spec -- what has begun goes before what has not
    FROM owned o
    WHERE o.release AND o.status = 'waiting'), true)
),
aftermath AS (
  -- What few runs have: a place at a gate to give back, a run that waits for their end, somebody to tell of their failure.
  SELECT CASE WHEN count(*) FILTER (WHERE gated) > 0
      THEN leave_gates(array_agg(id) FILTER (WHERE gated), array_agg(status) FILTER (WHERE gated)) END,
    CASE WHEN count(*) FILTER (WHERE parent_step_id IS NOT NULL AND status <> 'waiting') > 0
      THEN wake_runs(array_agg(parent_run_id) FILTER (WHERE parent_step_id IS NOT NULL AND status <> 'waiting')) END,
    CASE WHEN count(*) FILTER (WHERE telling AND status = 'failed') > 0
      THEN tell_failures(array_agg(id) FILTER (WHERE telling AND status = 'failed')) END
  FROM owned WHERE release AND (gated OR parent_step_id IS NOT NULL OR status = 'failed')
),
announced AS (
  SELECT count(pg_notify('sluice_run', message)) FROM unnest($49::text[]) AS message
)
SELECT o.id FROM owned o, woken, aftermath, announced
