INSERT INTO worker (id, host, pid, version, concurrency) VALUES ($1, $2, $3, $4, $5)
RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
