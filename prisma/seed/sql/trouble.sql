-- Rows as the engine leaves them when things go wrong: an open breaker, used up retries, a call that waits for its limit, a missed night, a lost worker.
-- $1 workspace, $2 workflow, $3 its document, $4 connection, $5 its host, $6 breaker, $7 budget, $8 bucket, $9 run, $10 step.
WITH open_breaker AS (
  INSERT INTO breaker (id, workspace_id, state, gen, opens, open_until, changed_at)
  VALUES ($6, $1, 'open', 6, 3, clock_timestamp() + interval '1 hour', clock_timestamp())
  ON CONFLICT (id) DO UPDATE SET state = 'open', opens = 3, open_until = excluded.open_until, changed_at = excluded.changed_at
),
openings AS (
  INSERT INTO breaker_opening (breaker_id, opened_at) SELECT $6::uuid, clock_timestamp() - m * interval '1 minute' FROM unnest(ARRAY[4, 3, 1]) AS t (m)
),
budget AS (
  INSERT INTO retry_budget (id, workspace_id, tokens, calls, updated_at) VALUES ($7, $1, -3600, 20, clock_timestamp())
  ON CONFLICT (id) DO UPDATE SET tokens = excluded.tokens, updated_at = excluded.updated_at
),
place AS (
  INSERT INTO guard_place (id, workspace_id, workflow_id, node_id, connection_id, host)
  VALUES ($6, $1, $2, 'send', $4, $5), ($7, $1, $2, 'send', $4, NULL) ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp()
),
waiting_event AS (
  INSERT INTO event (id, workspace_id, workflow_id, outcome, run_id, data) VALUES ($9, $1, $2, 'accepted', $9, '{}')
),
waiting_run AS (
  INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, started_at, wake_at)
  VALUES ($9, $1, $2, $3, 1, 'waiting', 'schedule', 'nightly', $9, clock_timestamp(), clock_timestamp() + interval '1 hour')
),
waiting_step AS (
  INSERT INTO step (run_id, node_id, id, workspace_id, status, wait_reason, wake_at, effect, input, created_at)
  VALUES ($9, 'send', $10, $1, 'waiting', 'throttle', clock_timestamp() + interval '1 hour', 'read',
    json_build_object('method', 'GET', 'url', 'https://' || $5::text || '/export')::text, clock_timestamp())
),
waiting AS (
  INSERT INTO throttle_wait (holder, workspace_id, bucket_id, queued_at, wake_at, run_id)
  VALUES ($10::uuid::text, $1, $8, clock_timestamp() - interval '14 minutes', clock_timestamp() + interval '1 hour', $9)
),
missed AS (
  INSERT INTO schedule_fire (trigger_id, scheduled_for, outcome, created_at)
  SELECT id, date_trunc('hour', clock_timestamp()), 'missed', clock_timestamp() - interval '5 minutes' FROM workflow_trigger WHERE workflow_id = $2
  ON CONFLICT DO NOTHING
)
INSERT INTO worker (id, host, pid, version, concurrency, stopped_at) VALUES (gen_random_uuid(), 'worker-2', 1, 'seed', 20, clock_timestamp())
