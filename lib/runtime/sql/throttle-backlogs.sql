-- Per bucket or pool the live call that has waited longest, if that is longer than $1 ms. One look at the index for each bucket, however
-- many wait. A call that is more urgent is queued as if it had come earlier: five minutes for each class (throttle_acquire).
WITH RECURSIVE bucket AS (
  (SELECT bucket_id FROM throttle_wait ORDER BY bucket_id LIMIT 1)
  UNION ALL
  SELECT (SELECT w.bucket_id FROM throttle_wait w WHERE w.bucket_id > b.bucket_id ORDER BY w.bucket_id LIMIT 1) FROM bucket b WHERE b.bucket_id IS NOT NULL
)
SELECT b.bucket_id, r.workspace_id, r.workflow_id, w.name AS workflow_name, s.node_id, d.document,
  (SELECT coalesce(json_agg(json_build_object('connectionId', l.connection_id, 'policy', l.policy)), '[]')
    FROM learned_limit l WHERE l.workspace_id = r.workspace_id AND NOT l.partitioned) AS learned,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms
FROM bucket b
CROSS JOIN LATERAL (
  SELECT r.workspace_id, r.workflow_id, r.document_id, r.id, t.holder
  FROM throttle_wait t JOIN run r ON r.id = t.run_id
  WHERE t.bucket_id = b.bucket_id AND t.queued_at < now() - $1::int * interval '1 millisecond'
    AND t.queued_at + t.priority * interval '5 minutes' < now() - $1::int * interval '1 millisecond'
    AND t.wake_at > now() - interval '1 minute'
    AND r.mode = 'live' AND r.status IN ('queued', 'running', 'waiting')
  ORDER BY t.queued_at LIMIT 1
) r
JOIN workflow w ON w.id = r.workflow_id
JOIN workflow_document d ON d.id = r.document_id
JOIN step s ON s.run_id = r.id AND s.id::text = r.holder
LIMIT 500
