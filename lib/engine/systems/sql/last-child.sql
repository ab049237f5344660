SELECT id AS "runId", status FROM run WHERE parent_run_id = $1 AND parent_step_id = $2 AND workspace_id = $3 ORDER BY id DESC LIMIT 1
