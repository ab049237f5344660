SELECT id, workspace_id, action, version, keys, status, rate_per_second, stop_after_failures, failures_base, actor_type, actor_id,
  (extract(epoch FROM next_at) * 1000)::float8 AS next_at_ms, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM run_batch WHERE id = $1 AND finished_at IS NULL FOR UPDATE
