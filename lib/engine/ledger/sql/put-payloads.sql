INSERT INTO payload (id, workspace_id, size, body)
SELECT id, workspace_id, length(body), body FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t (id, workspace_id, body)
ON CONFLICT (id) DO NOTHING
