-- Workers read a connection once a second: who is to look again by its new limits has to come a moment later than that.
CREATE OR REPLACE FUNCTION throttle_recall(p_bucket uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  again timestamptz := clock_timestamp() + interval '1500 milliseconds';
  runs uuid[];
BEGIN
  WITH first AS (
    SELECT holder FROM throttle_wait WHERE bucket_id = p_bucket AND wake_at > again AND run_id IS NOT NULL
    ORDER BY queued_at LIMIT 20 FOR UPDATE SKIP LOCKED
  ),
  named AS (
    UPDATE throttle_wait w SET wake_at = again FROM first WHERE w.holder = first.holder RETURNING w.run_id
  )
  SELECT array_agg(DISTINCT run_id) INTO runs FROM named;
  IF runs IS NULL THEN RETURN; END IF;
  PERFORM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', run_id), NULL, again, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec
    FROM unnest(runs) AS t (run_id)));
END $$;
