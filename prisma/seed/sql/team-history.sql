-- A week of runs that ended, more of them by day than by night: event, run and steps of each workflow, the same shape every time.
-- $1 workspace, $2 the workflows as JSON: {workflowId, trigger, steps, everyMinutes, failEvery, failsAt, error, tookMs}.
WITH flow AS (
  SELECT f.*, row_number() OVER () AS place, w.live_version AS version,
    (SELECT v.document_id FROM workflow_version v WHERE v.workflow_id = w.id AND v.version = w.live_version) AS document_id
  FROM jsonb_to_recordset($2::jsonb) AS f ("workflowId" uuid, trigger text, steps text[], "everyMinutes" int, "failEvery" int, "failsAt" text,
    error text, "tookMs" int)
  JOIN workflow w ON w.id = f."workflowId"
),
slot AS (
  SELECT flow.*, n, abs(hashint4((n * 7 + place)::int)::bigint) AS chance,
    now() - interval '12 minutes' - make_interval(secs => (n * flow."everyMinutes" * 60 + abs(hashint4((n + place * 1000)::int)::bigint) % 90)::int) AS at
  FROM flow CROSS JOIN generate_series(0, 7 * 24 * 60 / flow."everyMinutes") AS n
),
made AS (
  SELECT slot.*, chance % "failEvery" = 0 AS failed, make_interval(secs => "tookMs" * (60 + chance % 90) / 100000.0) AS took,
    (left(uuid_at(at)::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid AS run_id,
    (left(uuid_at(at)::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid AS event_id,
    json_build_object('nodeId', "failsAt", 'class', 'permanent', 'code', 'http_422', 'message', error, 'details', NULL)::text AS failure
  FROM slot
  WHERE chance % 100 < CASE WHEN extract(hour FROM at AT TIME ZONE 'UTC') BETWEEN 7 AND 18 THEN 92 ELSE 34 END
),
events AS (
  INSERT INTO event (id, workspace_id, workflow_id, outcome, dedupe_key, run_id, data, size, received_at)
  SELECT event_id, $1, "workflowId", 'accepted', 'seeded-' || place || '-' || n, run_id,
    json_build_object('body', json_build_object('id', 'seeded-' || n))::text, 24, at
  FROM made
),
runs AS (
  INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, created_at, started_at,
    finished_at, deadline_at, error)
  SELECT run_id, $1, "workflowId", document_id, version, CASE WHEN failed THEN 'failed' ELSE 'succeeded' END, trigger, steps[1],
    event_id, at, at + interval '6 ms', at + took, at + interval '30 days', CASE WHEN failed THEN failure END
  FROM made
)
INSERT INTO step (run_id, node_id, id, workspace_id, status, port, effect, input, output, error, attempts, created_at, started_at, finished_at)
SELECT run_id, steps[i], gen_random_uuid(), $1, CASE WHEN failed AND steps[i] = "failsAt" THEN 'failed' ELSE 'succeeded' END,
  CASE WHEN NOT (failed AND steps[i] = "failsAt") THEN 'out' END, 'keyed', '{}', '{"ok":true}', CASE WHEN failed AND steps[i] = "failsAt" THEN failure END,
  1, at + took * ((i - 1.0) / cardinality(steps)), at + took * ((i - 1.0) / cardinality(steps)), at + took * (i::float / cardinality(steps))
FROM made CROSS JOIN generate_subscripts(steps, 1) AS i
WHERE NOT failed OR i <= array_position(steps, "failsAt")
