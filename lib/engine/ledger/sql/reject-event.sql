INSERT INTO event (id, workspace_id, workflow_id, trigger_id, outcome, reason, data, size)
SELECT id, workspace_id, workflow_id, trigger_id, 'rejected', reason, data, size
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::int[])
  AS t (id, workspace_id, workflow_id, trigger_id, reason, data, size)
