-- The step goes on without an answer from outside. No row: one came first.
INSERT INTO signal (step_id, run_id, workspace_id, kind) VALUES ($1, $2, $3, $4)
ON CONFLICT (step_id) DO UPDATE SET kind = excluded.kind WHERE signal.kind = excluded.kind
RETURNING step_id
