-- One statement makes an event durable: dedupe row, event, run and the job that advances it. Whoever gets a 2xx after
-- it can rely on the run; whoever does not can send again.
-- Runs of a workflow that sets limits, or that keeps others waiting, are held at its gate instead (prisma/migrations, admission);
-- while a workflow keeps others waiting, theirs go first.
-- A batch holds a dedupe key at most once a trigger (the caller folds repeats), so ON CONFLICT sees each row once.
-- $28 who started which of the runs, as JSON, for the audit log; null when no person or token did.
WITH incoming AS (
  SELECT * FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::uuid[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::bytea[], $14::bytea[], $15::bigint[], $16::bigint[], $17::uuid[], $18::smallint[], $19::uuid[], $20::uuid[],
    $21::text[], $22::int[], $23::boolean[], $24::uuid[], $25::uuid[], $26::smallint[], $27::uuid[]
  ) WITH ORDINALITY AS t (run_id, event_id, workspace_id, workflow_id, document_id, version, mode, trigger_id, trigger_type, trigger_node_id,
    data, dedupe_key, key_hash, body_hash, ttl_ms, deadline_ms, replay_of, priority, data_ref, keys_of,
    order_key, run_limit, blocks, parent_run_id, parent_step_id, depth, failure_of, place)
),
claimed AS (
  INSERT INTO event_dedup AS d (trigger_id, key_hash, run_id, event_id, body_hash, expires_at)
  SELECT coalesce(trigger_id, workflow_id), key_hash, run_id, event_id, body_hash, clock_timestamp() + ttl_ms * interval '1 millisecond'
  FROM incoming WHERE key_hash IS NOT NULL
  ORDER BY 1, 2 -- two processes lock common keys in one order
  ON CONFLICT (trigger_id, key_hash) DO UPDATE
    -- An expired row is taken over; a live one is only read (set to itself, so that it comes back).
    SET run_id = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.run_id ELSE d.run_id END,
        event_id = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.event_id ELSE d.event_id END,
        body_hash = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.body_hash ELSE d.body_hash END,
        expires_at = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.expires_at ELSE d.expires_at END
  RETURNING d.trigger_id, d.key_hash, d.run_id, d.event_id, d.body_hash
),
judged AS (
  SELECT i.*, coalesce(c.run_id, i.run_id) AS owner_run_id, coalesce(c.event_id, i.event_id) AS owner_event_id,
    (c.run_id IS NOT NULL AND c.run_id <> i.run_id) AS duplicate,
    (c.run_id IS NOT NULL AND c.run_id <> i.run_id AND c.body_hash <> i.body_hash) AS conflicting,
    (i.order_key IS NOT NULL OR i.run_limit IS NOT NULL OR (i.mode = 'live' AND coalesce(b.hold_until > clock_timestamp(), false))) AS gated,
    CASE WHEN (SELECT count(*) FROM busy_workflow WHERE busy_until > clock_timestamp()) > 0
      AND NOT coalesce(b.busy_until > clock_timestamp(), false) THEN i.priority - 10 ELSE i.priority END AS job_priority
  FROM incoming i
  LEFT JOIN claimed c ON c.trigger_id = coalesce(i.trigger_id, i.workflow_id) AND c.key_hash = i.key_hash
  LEFT JOIN busy_workflow b ON b.workflow_id = i.workflow_id
),
stored_payload AS (
  INSERT INTO payload (id, workspace_id, size, body)
  SELECT data_ref, workspace_id, length(data), data FROM judged WHERE data_ref IS NOT NULL AND NOT duplicate
),
stored_event AS (
  INSERT INTO event (id, workspace_id, workflow_id, trigger_id, outcome, reason, dedupe_key, run_id, data, data_ref, size)
  SELECT event_id, workspace_id, workflow_id, trigger_id, CASE WHEN duplicate THEN 'duplicate' ELSE 'accepted' END,
    CASE WHEN conflicting THEN 'conflicting_duplicate' END, dedupe_key, owner_run_id,
    CASE WHEN NOT duplicate AND data_ref IS NULL THEN data END, CASE WHEN NOT duplicate THEN data_ref END, length(data)
  FROM judged
),
stored_run AS (
  INSERT INTO run (id, workspace_id, workflow_id, document_id, version, mode, trigger_id, trigger_type, trigger_node_id, event_id,
    replay_of, priority, keys_of, gated, parent_run_id, parent_step_id, depth, failure_of, deadline_at)
  SELECT run_id, workspace_id, workflow_id, document_id, version, mode, trigger_id, trigger_type, trigger_node_id, event_id,
    replay_of, priority, keys_of, gated, parent_run_id, parent_step_id, depth, failure_of, clock_timestamp() + deadline_ms * interval '1 millisecond'
  FROM judged WHERE NOT duplicate
),
stored_gate AS (
  INSERT INTO run_gate (run_id, workspace_id, workflow_id, state, order_key, run_limit, blocks, priority, deadline_at)
  SELECT run_id, workspace_id, workflow_id, CASE WHEN order_key IS NULL THEN 'ready' ELSE 'new' END, order_key, run_limit, blocks, priority,
    clock_timestamp() + deadline_ms * interval '1 millisecond'
  FROM judged WHERE NOT duplicate AND gated ORDER BY place -- the order of receipt
),
gate_woken AS (
  SELECT wake_gates(array_agg(workflow_id)) FROM judged WHERE NOT duplicate AND gated HAVING count(*) > 0
),
audited AS (
  INSERT INTO audit_log (id, workspace_id, actor_type, actor_id, action, entity_type, entity_id, details, request_id)
  SELECT a.id, j.workspace_id, a."actorType", a."actorId", a.action, a."entityType", j.run_id::text, a.details::text, a."requestId"
  FROM json_to_recordset($28::json) AS a (id uuid, "runId" uuid, "actorType" text, "actorId" text, action text, "entityType" text, details json,
    "requestId" text)
  JOIN judged j ON j.run_id = a."runId" WHERE NOT j.duplicate
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', run_id, 'workflowId', workflow_id), NULL, NULL, NULL, 'run:' || run_id, job_priority, NULL)::graphile_worker.job_spec
    FROM judged WHERE NOT duplicate AND NOT gated))
)
SELECT j.run_id AS asked_id, j.owner_run_id AS run_id, j.owner_event_id AS event_id, j.duplicate, j.conflicting
FROM judged j CROSS JOIN enqueued LEFT JOIN gate_woken ON true
