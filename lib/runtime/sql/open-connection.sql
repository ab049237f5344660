SELECT id, kind, base_url, fields, limits, status FROM connection WHERE id = $1 AND workspace_id = $2
