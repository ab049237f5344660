-- Comes back empty for a worker that was declared dead: it must not go on under this id.
UPDATE worker SET last_seen_at = clock_timestamp(), draining = $2, loop_delay_ms = $3, graphile_worker_ids = $4
WHERE id = $1 AND stopped_at IS NULL
RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
