-- Hands jobs locked by no living worker to the living. $1 spares young locks: a worker that has just started may lock jobs
-- a moment before its row says under which ids it does; a lock of a worker known to be dead is not spared.
WITH dead AS (
  SELECT DISTINCT j.locked_by FROM graphile_worker._private_jobs j
  WHERE j.locked_by IS NOT NULL
    AND NOT EXISTS (SELECT FROM worker w WHERE w.stopped_at IS NULL AND j.locked_by = ANY (w.graphile_worker_ids))
    AND (j.locked_at < now() - $1::int * interval '1 millisecond'
      OR EXISTS (SELECT FROM worker w WHERE w.stopped_at IS NOT NULL AND j.locked_by = ANY (w.graphile_worker_ids)))
)
SELECT graphile_worker.force_unlock_workers(ARRAY(SELECT locked_by FROM dead)) WHERE EXISTS (SELECT FROM dead)
