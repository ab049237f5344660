-- The guard pauses a rollout and leaves its end to a person: nothing is taken back by itself any more.
UPDATE workflow_rollout SET state = 'aborted' WHERE state = 'rolled_back';
ALTER TABLE workflow_rollout DROP CONSTRAINT workflow_rollout_state_check;
ALTER TABLE workflow_rollout ADD CONSTRAINT workflow_rollout_state_check CHECK (state IN ('ramping', 'paused', 'promoted', 'aborted'));
