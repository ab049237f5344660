-- The rollouts that send events to their version, and whose guard is on.
SELECT id, workflow_id, version, baseline_version, started_at, guard_min_runs, guard_max_excess
FROM workflow_rollout WHERE ended_at IS NULL AND state = 'ramping' AND guard_enabled ORDER BY id LIMIT 500
