-- What became of the live runs of some versions of a workflow since a time: the latest 10,000 of each that have ended.
SELECT v.version, count(r.id)::int AS ended,
  (count(*) FILTER (WHERE r.status = 'failed'))::int AS failed,
  (count(*) FILTER (WHERE r.retried))::int AS retried,
  (SELECT count(*) FROM dead_letter l WHERE l.workflow_id = $1 AND l.version = v.version AND l.dead_at >= $3)::int AS dead_letters,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM r.finished_at - r.created_at) * 1000) AS p95_duration_ms,
  percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM r.started_at - r.created_at) * 1000) AS p95_wait_ms
FROM unnest($2::int[]) AS v (version)
LEFT JOIN LATERAL (
  SELECT id, status, retried, created_at, started_at, finished_at FROM run
  WHERE workflow_id = $1 AND id >= uuid_at($3) AND version = v.version AND mode = 'live' AND status IN ('succeeded', 'failed')
  ORDER BY id DESC LIMIT 10000
) r ON true
GROUP BY v.version
