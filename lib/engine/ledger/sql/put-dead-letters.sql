-- Dead letters and the issues that group them. The step's open dead letter, if it has one, is the same item failing again.
WITH dead AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[])
    AS t (id, issue_id, workspace_id, workflow_id, version, run_id, step_id, node_id, iteration, kind, class, error, input, event_at,
      dead_at, fingerprint, title)
),
issue_put AS (
  INSERT INTO issue AS i (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at)
  SELECT (array_agg(issue_id))[1], workspace_id, workflow_id, node_id, kind, fingerprint, min(title), count(*), min(dead_at), max(dead_at), min(dead_at)
  FROM dead GROUP BY workspace_id, workflow_id, node_id, kind, fingerprint ORDER BY fingerprint
  ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET
    count = i.count + excluded.count,
    title = excluded.title,
    last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at),
    regressed = i.regressed OR i.status = 'resolved',
    opened_at = CASE WHEN i.status = 'resolved' THEN excluded.opened_at ELSE i.opened_at END,
    resolved_at = CASE WHEN i.status = 'resolved' THEN NULL ELSE i.resolved_at END,
    status = CASE WHEN i.status = 'resolved' THEN 'open' ELSE i.status END
  RETURNING i.id, i.workspace_id, i.fingerprint
),
letter_put AS (
  INSERT INTO dead_letter AS l (id, workspace_id, issue_id, workflow_id, version, run_id, step_id, node_id, iteration, kind, class, error,
    input, event_at, dead_at)
  SELECT d.id, d.workspace_id, p.id, d.workflow_id, d.version, d.run_id, d.step_id, d.node_id, d.iteration, d.kind, d.class, d.error, d.input,
    d.event_at, d.dead_at
  FROM dead d JOIN issue_put p ON p.workspace_id = d.workspace_id AND p.fingerprint = d.fingerprint
  ON CONFLICT (step_id) WHERE status IN ('open', 'redriving') DO UPDATE SET
    status = 'open', issue_id = excluded.issue_id, kind = excluded.kind, class = excluded.class, error = excluded.error,
    input = excluded.input, edited_input = NULL, dead_at = excluded.dead_at
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'issue', 'i', json_agg(id))::text) FROM issue_put GROUP BY workspace_id
