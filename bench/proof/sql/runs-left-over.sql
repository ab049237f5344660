-- A run that has ended leaves nothing behind that waits, holds or wakes.
SELECT 'run ' || r.id || ' has ended and ' || left_over.what AS violation
FROM run r CROSS JOIN LATERAL (
  SELECT 'still belongs to worker ' || r.worker_id AS what WHERE r.worker_id IS NOT NULL
  UNION ALL SELECT 'still waits for a key' FROM idempotency_waiter w WHERE w.run_id = r.id
  UNION ALL SELECT 'still queues at a limit' FROM throttle_wait w JOIN step s ON s.id::text = w.holder WHERE s.run_id = r.id AND r.finished_at < clock_timestamp() - interval '5 seconds'
  UNION ALL SELECT 'has attempt ' || a.no || ' ' || a.state FROM attempt a WHERE a.run_id = r.id AND a.state IN ('claimed', 'sent')
  UNION ALL SELECT 'holds a key that is only ' || i.state FROM idempotency_record i WHERE i.owner_run = r.id AND r.status = 'succeeded' AND i.state IN ('claimed', 'sent')
) left_over
WHERE r.workspace_id = $1 AND r.status IN ('succeeded', 'failed', 'canceled')
