-- Pauses a rollout because its version does worse, once, with a word for the log and for open screens.
WITH paused AS (
  UPDATE workflow_rollout SET state = 'paused', reason = $2
  WHERE id = $1 AND ended_at IS NULL AND state = 'ramping'
  RETURNING workspace_id, workflow_id, version, percent
),
logged AS (
  INSERT INTO audit_log (id, workspace_id, actor_type, actor_id, action, entity_type, entity_id, details)
  SELECT $3, workspace_id, 'system', 'rollout-guard', 'workflow.rollout_paused', 'workflow', workflow_id::text,
    json_build_object('version', version, 'percent', percent, 'reason', $2::text)::text
  FROM paused
)
SELECT workflow_id, pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'workflow', 'i', json_build_array(workflow_id))::text)
FROM paused
