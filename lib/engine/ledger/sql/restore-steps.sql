-- The results of an old run's steps, for a new run to begin with. Large ones are copied: the old run may be dropped before the new one.
WITH wanted AS (
  SELECT * FROM unnest($4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::uuid[]) AS t (node_id, iteration, id, new_input_ref, new_output_ref)
),
old AS (
  SELECT s.node_id, s.iteration, s.status, s.port, s.effect, s.input, s.input_ref, s.output, s.output_ref, s.error, s.idempotency_key,
    s.started_at, s.finished_at, w.id, w.new_input_ref, w.new_output_ref
  FROM step s JOIN wanted w ON w.node_id = s.node_id AND w.iteration = s.iteration
  WHERE s.run_id = $1 AND s.workspace_id = $3
),
copied AS (
  INSERT INTO payload (id, workspace_id, size, body)
  SELECT o.new_input_ref, $3, p.size, p.body FROM old o JOIN payload p ON p.id = o.input_ref
  UNION ALL
  SELECT o.new_output_ref, $3, p.size, p.body FROM old o JOIN payload p ON p.id = o.output_ref
)
INSERT INTO step (run_id, node_id, iteration, id, workspace_id, status, port, effect, input, input_ref, output, output_ref, error,
  idempotency_key, created_at, started_at, finished_at)
SELECT $2, node_id, iteration, id, $3, status, port, effect, input, CASE WHEN input_ref IS NOT NULL THEN new_input_ref END,
  output, CASE WHEN output_ref IS NOT NULL THEN new_output_ref END, error, idempotency_key, clock_timestamp(), started_at, finished_at
FROM old
