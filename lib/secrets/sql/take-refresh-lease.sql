-- One worker at a time asks for a new token, and only while the credential still is the one ($3) that is to be replaced.
WITH free AS (
  SELECT id, refresh_lease_until FROM connection
  WHERE id = $1 AND workspace_id = $2 AND (refresh_lease_until IS NULL OR refresh_lease_until <= clock_timestamp())
  FOR NO KEY UPDATE
)
UPDATE connection c SET refresh_fence = c.refresh_fence + 1, refresh_lease_until = clock_timestamp() + $4::int * interval '1 millisecond'
FROM free f
WHERE c.id = f.id AND $3 = coalesce((
  SELECT string_agg(field || ':' || version, ',' ORDER BY field COLLATE "C") FROM (
    SELECT field, max(version) AS version FROM secret WHERE connection_id = $1 GROUP BY field) s), '')
RETURNING c.refresh_fence AS fence, f.refresh_lease_until IS NOT NULL AS taken_over,
  (SELECT coalesce(max(version), 0) FROM secret WHERE connection_id = c.id AND field = 'accessToken') AS access_version,
  (SELECT coalesce(max(version), 0) FROM secret WHERE connection_id = c.id AND field = 'refreshToken') AS refresh_version
