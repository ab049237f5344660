-- What people are asked, and what they need not be asked any more. In the transaction of the commit that says why.
WITH asked AS (
  INSERT INTO approval AS a (id, workspace_id, workflow_id, run_id, node_id, iteration, message, assignees, requested_at, expires_at)
  SELECT t.id, t.workspace_id, t.workflow_id, t.run_id, t.node_id, t.iteration, t.message,
    ARRAY(SELECT json_array_elements_text(t.assignees::json)), t.requested_at, t.expires_at
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[])
    AS t (id, workspace_id, workflow_id, run_id, node_id, iteration, message, assignees, requested_at, expires_at)
  -- Asked again after a redrive, perhaps with an edited message; a decision that has come meanwhile closes it for good.
  ON CONFLICT (id) DO UPDATE SET message = excluded.message, assignees = excluded.assignees, expires_at = excluded.expires_at,
    closed_at = CASE WHEN EXISTS (SELECT FROM signal s WHERE s.step_id = a.id) THEN a.closed_at END
  RETURNING a.id, a.workspace_id
),
closed AS (
  UPDATE approval SET closed_at = coalesce(closed_at, clock_timestamp()) WHERE id = ANY ($11::uuid[])
  RETURNING id, workspace_id
),
changed AS (
  SELECT workspace_id, json_agg(id) AS ids FROM (SELECT * FROM asked UNION ALL SELECT * FROM closed) c GROUP BY workspace_id
)
SELECT count(pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'approval', 'i', ids)::text)) FROM changed
