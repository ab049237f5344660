-- A step of a new run that begins with an input somebody gave.
INSERT INTO step (run_id, node_id, iteration, id, workspace_id, status, effect, input, created_at)
VALUES ($1, $2, '', $3, $4, 'pending', $5, $6, clock_timestamp())
