-- A slice of the runs of the scenario `million`: event, run and called step, spread evenly over four weeks. One in ten failed.
-- $1 workspace, $2 workflows, $3 documents, $4 first number, $5 last number, $6 of how many.
WITH made AS (
  SELECT n, at, n % 10 = 0 AS failed, 1 + n % array_length($2::uuid[], 1) AS place,
    (left(uuid_at(at)::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid AS run_id,
    (left(uuid_at(at)::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid AS event_id,
    gen_random_uuid() AS step_id
  FROM (SELECT n, now() - interval '28 days' + n * (interval '28 days' / $6::int) AS at FROM generate_series($4::int, $5::int) AS n) t
),
failure AS (
  SELECT n, json_build_object('nodeId', 'call', 'class', 'permanent', 'code', 'http_422', 'message',
    'POST api.example.com answered 422: rule ' || (n / 10) % 40, 'details', NULL)::text AS error FROM made WHERE failed
),
events AS (
  INSERT INTO event (id, workspace_id, workflow_id, outcome, dedupe_key, run_id, data, size, received_at)
  SELECT event_id, $1, ($2::uuid[])[place], 'accepted', 'delivery-' || n, run_id,
    json_build_object('body', json_build_object('order', n, 'customer', 'customer ' || n % 5000, 'total', n % 997))::text, 60, at
  FROM made
),
runs AS (
  INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, created_at, started_at,
    finished_at, deadline_at, error)
  SELECT run_id, $1, ($2::uuid[])[place], ($3::uuid[])[place], 1 + n / 250000, CASE WHEN failed THEN 'failed' ELSE 'succeeded' END, 'webhook',
    'start', event_id, at, at + interval '5 ms', at + interval '90 ms', at + interval '30 days', error
  FROM made LEFT JOIN failure USING (n)
)
INSERT INTO step (run_id, node_id, id, workspace_id, status, port, effect, input, output, error, attempts, idempotency_key, created_at, started_at, finished_at)
SELECT run_id, 'call', step_id, $1, CASE WHEN failed THEN 'failed' ELSE 'succeeded' END, CASE WHEN NOT failed THEN 'out' END, 'keyed',
  '{"method":"POST","url":"https://api.example.com/orders"}', '{"ok":true}', error, 1, 'order-' || n, at, at, at + interval '80 ms'
FROM made LEFT JOIN failure USING (n)
