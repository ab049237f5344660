-- Bulk acts on runs may move those that wait to the live version.
ALTER TABLE run_batch DROP CONSTRAINT run_batch_action_check;
ALTER TABLE run_batch ADD CONSTRAINT run_batch_action_check CHECK (action IN ('replay', 'cancel', 'move'));

-- A run's page tells that it was moved.
CREATE INDEX audit_log_moved_run_idx ON audit_log (entity_id) WHERE action = 'run.moved';
