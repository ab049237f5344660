-- What a remote told of its limits. A connection that was deleted meanwhile learns nothing.
INSERT INTO learned_limit AS l (connection_id, source, policy, workspace_id, quota, per_ms, partitioned)
SELECT c.id, $2::text, t.policy, c.workspace_id, t.quota, t."perMs", t.partitioned
FROM connection c, (
  SELECT DISTINCT ON (policy) * FROM jsonb_to_recordset($4::jsonb) AS r (policy text, quota int, "perMs" bigint, partitioned boolean)
  ORDER BY policy, quota
) t
WHERE c.id = $1::uuid AND c.workspace_id = $3::uuid
ORDER BY t.policy
ON CONFLICT (connection_id, source, policy) DO UPDATE SET
  learned_at = CASE WHEN (l.quota, l.per_ms) IS NOT DISTINCT FROM (excluded.quota, excluded.per_ms) THEN l.learned_at ELSE clock_timestamp() END,
  quota = excluded.quota, per_ms = excluded.per_ms, partitioned = excluded.partitioned, seen_at = clock_timestamp()
