-- A channel through which something may go out now.
SELECT id, workspace_id, sealed, grants,
  coalesce(extract(epoch FROM clock_timestamp() - failing_since) * 1000, 0)::float8 AS failing_for_ms,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM alert_channel
WHERE id = $1 AND enabled AND removed_at IS NULL AND (resume_at IS NULL OR resume_at <= clock_timestamp())
