-- Runs go on by another version: a new fence makes the writes of whoever may still have the old document in hand void, and those that
-- wait are looked at at once, for the new version may have something to do meanwhile. Timers, call backs and places in queues belong to
-- the steps and stay. The caller has locked the runs and judged them.
WITH wish AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS t (id, document_id, version)
),
moved AS (
  UPDATE run r SET document_id = w.document_id, version = w.version, fence = r.fence + 1 FROM wish w WHERE r.id = w.id
  RETURNING r.id, r.status, r.priority
),
enqueued AS (
  SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', id), NULL, NULL, NULL, 'run:' || id, priority, NULL)::graphile_worker.job_spec
    FROM moved WHERE status = 'waiting'))
)
SELECT pg_notify('sluice_run', json_build_object('w', $4::uuid, 'k', 'run', 'i', json_agg(id))::text) FROM moved, enqueued GROUP BY enqueued.count
