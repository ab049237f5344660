-- Workers that were declared dead within $1 ms, for each workspace that was there: a worker belongs to none.
SELECT s.id AS workspace_id, array_agg((extract(epoch FROM w.stopped_at) * 1000)::float8 ORDER BY w.stopped_at) AS lost_ms
FROM worker w JOIN workspace s ON s.created_at < w.stopped_at
WHERE NOT w.draining AND w.stopped_at > now() - $1::int * interval '1 millisecond'
GROUP BY s.id
