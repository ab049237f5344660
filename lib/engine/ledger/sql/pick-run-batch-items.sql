-- The next runs, in their order, with what stands against them now. Their events' data is read into memory, so a tick takes no more
-- than so many bytes of it, and at least one run.
WITH next AS (
  SELECT i.position, i.run_id FROM run_batch_item i WHERE i.batch_id = $1 AND i.state = 'waiting' ORDER BY i.position LIMIT $2
),
sized AS (
  SELECT n.position, n.run_id, r.id, r.workflow_id, r.mode, r.status, r.trigger_type, r.trigger_node_id, r.keys_of, r.version, r.document_id,
    w.live_version, v.document_id AS live_document_id, e.data, e.data_ref,
    sum(coalesce(e.size, 0)) OVER (ORDER BY n.position) AS bytes, row_number() OVER (ORDER BY n.position) AS place
  FROM next n
  LEFT JOIN run r ON r.id = n.run_id
  LEFT JOIN workflow w ON w.id = r.workflow_id
  LEFT JOIN workflow_version v ON v.workflow_id = r.workflow_id AND v.version = w.live_version
  LEFT JOIN event e ON e.id = r.event_id AND $3 = 'replay'
)
SELECT s.position, s.run_id, s.workflow_id, s.mode, s.trigger_type, s.trigger_node_id, s.keys_of,
  CASE WHEN $4 = 'live' THEN s.live_version ELSE s.version END AS version,
  CASE WHEN $4 = 'live' THEN s.live_document_id ELSE s.document_id END AS document_id,
  coalesce(s.data, p.body) AS data,
  CASE
    WHEN s.id IS NULL THEN 'the run is not kept any more'
    WHEN $3 = 'cancel' AND s.status IN ('succeeded', 'failed', 'canceled') THEN 'it has ended already'
    WHEN $3 = 'move' AND s.status NOT IN ('queued', 'running', 'waiting') THEN 'it has ended already'
    WHEN $3 = 'replay' AND s.status NOT IN ('succeeded', 'failed', 'canceled') THEN 'it has not ended yet'
    WHEN $3 = 'replay' AND $4 = 'live' AND s.live_document_id IS NULL THEN 'nothing of its workflow is live'
    WHEN $3 = 'replay' AND coalesce(s.data, p.body) IS NULL THEN 'the data of its event is not kept any more'
  END AS obstacle
FROM sized s LEFT JOIN payload p ON p.id = s.data_ref
WHERE s.bytes <= $5 OR s.place = 1
ORDER BY s.position
