-- The dead letters of the failed runs, one issue for each workflow and rule; three in five still open.
WITH failed AS (
  SELECT r.id AS run_id, r.workflow_id, r.version, r.error, r.created_at AS at, s.id AS step_id, s.input,
    r.workflow_id || ' ' || (r.error::json ->> 'message') AS cause
  FROM run r JOIN step s ON s.run_id = r.id AND s.node_id = 'call'
  WHERE r.workspace_id = $1 AND r.workflow_id = ANY ($2::uuid[]) AND r.status = 'failed'
),
issues AS (
  INSERT INTO issue (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at, first_version, last_version)
  SELECT (left(uuid_at(min(at))::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid, $1, workflow_id, 'call', 'permanent', cause,
    min(error::json ->> 'message'), count(*), min(at), max(at), min(at), min(version), max(version)
  FROM failed GROUP BY workflow_id, cause
  RETURNING id, fingerprint
)
INSERT INTO dead_letter (id, workspace_id, issue_id, workflow_id, version, run_id, step_id, node_id, kind, class, error, input, status, event_at, dead_at,
  closed_at, close_reason, fingerprint)
SELECT (left(uuid_at(at)::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid, $1, i.id, workflow_id, version, run_id, step_id, 'call', 'permanent',
  'permanent', error, input, CASE WHEN run_rank % 5 < 3 THEN 'open' ELSE 'resolved' END, at, at, CASE WHEN run_rank % 5 >= 3 THEN at END,
  CASE WHEN run_rank % 5 >= 3 THEN 'redriven' END, cause
FROM (SELECT f.*, row_number() OVER (ORDER BY at) AS run_rank FROM failed f) f JOIN issues i ON i.fingerprint = f.cause
