-- Workspaces with live runs that were due longer than $1 ms ago and that no worker has taken. What a gate holds back has no job. One look
-- at the index of due jobs for each priority.
WITH RECURSIVE class AS (
  (SELECT priority FROM graphile_worker._private_jobs WHERE is_available ORDER BY priority LIMIT 1)
  UNION ALL
  SELECT (SELECT j.priority FROM graphile_worker._private_jobs j WHERE j.is_available AND j.priority > c.priority ORDER BY j.priority LIMIT 1)
  FROM class c WHERE c.priority IS NOT NULL
)
SELECT r.workspace_id, (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM class c
CROSS JOIN LATERAL (
  SELECT j.key FROM graphile_worker._private_jobs j
  WHERE j.is_available AND j.priority = c.priority AND j.run_at < now() - $1::int * interval '1 millisecond' AND j.key LIKE 'run:%'
  ORDER BY j.run_at LIMIT 200
) due
JOIN run r ON r.id = substr(due.key, 5)::uuid
WHERE r.status = 'queued' AND r.mode = 'live'
GROUP BY r.workspace_id
