-- In the order of names: two processes with the same targets in their batches wait for each other instead of blocking.
SELECT id, name, kind, settings, calls, configured_at_call, recent_ms::float8[] AS recent_ms
FROM sandbox_target WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE
