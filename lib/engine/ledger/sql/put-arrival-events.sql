-- Events that make no run of their own: superseded, batched, dropped, repeated, or the newest of a run that gathers.
WITH incoming AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::uuid[])
    AS t (id, workspace_id, workflow_id, trigger_id, outcome, reason, dedupe_key, run_id, data, data_ref)
),
payload_put AS (
  INSERT INTO payload (id, workspace_id, size, body) SELECT data_ref, workspace_id, length(data), data FROM incoming WHERE data_ref IS NOT NULL
)
INSERT INTO event (id, workspace_id, workflow_id, trigger_id, outcome, reason, dedupe_key, run_id, data, data_ref, size)
SELECT id, workspace_id, workflow_id, trigger_id, outcome, reason, dedupe_key, run_id,
  CASE WHEN data_ref IS NULL AND outcome <> 'duplicate' THEN data END, data_ref, length(data)
FROM incoming
