-- With what its remote told of its limits, by the node that was told.
SELECT id, kind, base_url, fields, limits, status, isolated_reason, auth_failed_at IS NOT NULL AS auth_failed, health_path, (
    SELECT json_agg(json_build_object('source', l.source, 'policy', l.policy, 'quota', l.quota, 'perMs', l.per_ms, 'partitioned', l.partitioned)
      ORDER BY l.policy)
    FROM learned_limit l WHERE l.connection_id = c.id
  ) AS learned
FROM connection c WHERE id = $1 AND workspace_id = $2
