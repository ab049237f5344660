-- Lists that stay fast with a million runs and a hundred thousand dead letters. Nothing here is written for an ordinary run whose steps
-- have no key of their author's.

-- Which runs used an idempotency key. By hash: keys may be longer than an ordered index takes.
CREATE INDEX step_idempotency_key_idx ON step USING hash (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX dead_letter_workspace_id_idx ON dead_letter (workspace_id, id DESC);
CREATE INDEX dead_letter_open_issue_idx ON dead_letter (issue_id) WHERE status IN ('open', 'redriving');
CREATE INDEX dead_letter_node_idx ON dead_letter (workflow_id, node_id, id DESC);
