-- The row of period 0 stands for the bucket as a whole. Ids come sorted: every statement locks in that order.
INSERT INTO throttle_bucket AS b (workspace_id, bucket_id, period_ms, blocked_until)
SELECT $1::uuid, id, 0, clock_timestamp() + least(greatest($3::float8, 0), 86400000) * interval '1 millisecond'
FROM unnest($2::uuid[]) AS t (id)
ON CONFLICT (bucket_id, period_ms) DO UPDATE SET blocked_until = greatest(b.blocked_until, excluded.blocked_until)
