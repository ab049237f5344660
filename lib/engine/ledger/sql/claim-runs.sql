-- Claims runs for a worker: a new fence makes the writes of any former holder void. A run that a living worker holds is
-- not taken from it; it is asked to look again now (the notice), or else, should that be lost, before it lets go (wake_requested). One that is held at its workflow's gate is
-- left there, unless it only is to end.
WITH wanted AS (
  SELECT r.id, r.worker_id, r.started_at, r.lost_count,
    (r.worker_id = $2 AND r.id = ANY ($3::uuid[]))
    OR (r.worker_id <> $2 AND EXISTS (
      SELECT FROM worker w WHERE w.id = r.worker_id AND w.stopped_at IS NULL
        AND w.last_seen_at > clock_timestamp() - $4::int * interval '1 millisecond')) AS held
  FROM run r WHERE r.id = ANY ($1::uuid[]) AND r.status NOT IN ('succeeded', 'failed', 'canceled')
    AND NOT (r.gated AND r.started_at IS NULL AND r.cancel_requested_at IS NULL AND r.deadline_at > clock_timestamp()
      AND EXISTS (SELECT FROM run_gate g WHERE g.run_id = r.id AND g.state IN ('gathering', 'new', 'behind', 'ready')))
  ORDER BY r.id FOR NO KEY UPDATE OF r
),
woken AS (
  UPDATE run r SET wake_requested = true FROM wanted w WHERE r.id = w.id AND w.held
  RETURNING pg_notify('sluice_wake', r.id::text)
),
taken AS (
  UPDATE run r SET fence = r.fence + 1, worker_id = $2, status = 'running', wake_requested = false, wake_at = NULL,
    started_at = coalesce(r.started_at, clock_timestamp()), lost_count = r.lost_count + (r.worker_id IS NOT NULL)::int
  FROM wanted w WHERE r.id = w.id AND NOT w.held IS TRUE
  RETURNING r.*, w.started_at IS NULL AND r.replay_of IS NULL AS fresh -- a rerun begins with steps of another run
)
SELECT t.id, t.workspace_id, t.workflow_id, t.document_id, t.version, t.mode, t.trigger_type, t.trigger_node_id, t.event_id, t.keys_of, t.fence,
  t.redrive_count, t.lost_count, t.priority, t.depth, t.failure_of, t.cancel_requested_at IS NOT NULL AS cancel_requested,
  t.undo_at IS NOT NULL AS undoing, t.retried, t.partial, t.fresh,
  (extract(epoch FROM t.created_at) * 1000)::float8 AS created_at_ms, (extract(epoch FROM t.started_at) * 1000)::float8 AS started_at_ms,
  (extract(epoch FROM t.deadline_at) * 1000)::float8 AS deadline_at_ms,
  coalesce(e.data, p.body) AS data
FROM taken t JOIN event e ON e.id = t.event_id LEFT JOIN payload p ON p.id = e.data_ref
