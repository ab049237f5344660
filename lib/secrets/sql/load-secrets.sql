SELECT c.base_url, c.allowed_hosts, c.fields, s.field, s.version, s.sealed,
  s.valid_until IS NULL OR s.valid_until > clock_timestamp() AS holds,
  extract(epoch FROM s.valid_until - clock_timestamp())::float8 * 1000 AS ends_in_ms
FROM connection c LEFT JOIN secret s ON s.connection_id = c.id AND s.workspace_id = c.workspace_id
WHERE c.id = $1 AND c.workspace_id = $2
ORDER BY s.field, s.version DESC
