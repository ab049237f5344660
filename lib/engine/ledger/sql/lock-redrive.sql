SELECT id, workspace_id, act, reason, edit, actor_id, status, rate_per_second, canary, canary_passed, stop_after_failures, failures_base,
  (extract(epoch FROM next_at) * 1000)::float8 AS next_at_ms, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM redrive WHERE id = $1 AND finished_at IS NULL FOR UPDATE
