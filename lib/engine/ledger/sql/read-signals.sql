-- A statement of its own, begun after the run was claimed: a job that wakes the run is committed together with its signal, so
-- whoever was woken by one sees the other.
SELECT step_id, kind, payload, sent_by, (extract(epoch FROM received_at) * 1000)::float8 AS received_at_ms
FROM signal WHERE step_id = ANY ($1::uuid[])
