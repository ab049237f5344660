-- What remotes told of their limits, by policy: the strictest telling, and by how many nodes it was heard.
SELECT DISTINCT ON (connection_id, policy) connection_id, policy, quota, per_ms::float8 AS per_ms, partitioned, learned_at,
  count(*) OVER (PARTITION BY connection_id, policy)::int AS nodes
FROM learned_limit WHERE workspace_id = $1 AND connection_id = ANY ($2::uuid[])
ORDER BY connection_id, policy, quota, learned_at DESC
