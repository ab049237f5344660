-- Hands on what one of these pools has locked and its worker does not know of: the answer that brought it was lost. $3 spares what
-- is still on its way. graphile-worker itself would do so after four hours.
UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL, run_at = greatest(run_at, now())
WHERE locked_by = ANY ($1::text[]) AND locked_at < now() - $3::int * interval '1 millisecond' AND id <> ALL ($2::bigint[])
