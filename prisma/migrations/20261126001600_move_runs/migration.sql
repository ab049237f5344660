-- What commit-runs.sql does to the rows of runs. Takes the place of put_runs, which stays for the workers of the release before while
-- they are replaced: that looked at every row three times; this locks all, and then looks once more at each, to write it or to see
-- that it is still the worker's. Locking is a statement of its own, so that the next one sees what it waited for: in one statement
-- PostgreSQL would have to check the rows again in the middle of it (EvalPlanQual); with a plan of that size over a partitioned
-- table, PostgreSQL 18.4 crashes there when a run is woken while a commit of it waits for the row.
-- Returns the runs that are still the worker's, as they are now. A run that it goes on with (`running`, unanswered) is not written.
CREATE FUNCTION move_runs(
  p_ids uuid[], p_fences int[], p_statuses text[], p_wake_ats timestamptz[], p_errors text[], p_retried boolean[], p_partial boolean[],
  p_answers text[], p_releases boolean[], p_redrive_counts int[]
) RETURNS TABLE (
  id uuid, status text, wake_at timestamptz, release boolean, priority smallint, gated boolean, parent_run_id uuid, parent_step_id uuid,
  telling boolean
) LANGUAGE plpgsql ROWS 20 AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM run r WHERE r.id = ANY (p_ids) ORDER BY r.id FOR NO KEY UPDATE;
  RETURN QUERY
  SELECT r.id, r.status, r.wake_at, false, r.priority, r.gated, r.parent_run_id, r.parent_step_id, false
  FROM unnest(p_ids, p_fences, p_statuses, p_answers, p_releases) AS i (id, fence, status, answer, release)
  JOIN run r ON r.id = i.id
  WHERE NOT i.release AND i.status = 'running' AND i.answer IS NULL
    AND r.fence = i.fence AND r.status NOT IN ('succeeded', 'failed', 'canceled');
  RETURN QUERY
  UPDATE run r SET
    -- A run that is to end while a step of it is being redriven goes on instead. One that is to succeed can have such a step
    -- only in a loop that tolerates failures.
    status = CASE WHEN r.wake_requested AND (i.status = 'failed' OR (i.status = 'succeeded' AND r.redrive_count > i.redrive_count))
      THEN 'waiting' ELSE i.status END,
    error = CASE WHEN NOT (r.wake_requested AND i.status = 'failed') THEN i.error END,
    finished_at = CASE WHEN i.status IN ('succeeded', 'failed', 'canceled')
        AND NOT (r.wake_requested AND (i.status = 'failed' OR (i.status = 'succeeded' AND r.redrive_count > i.redrive_count)))
      THEN clock_timestamp() END,
    -- One that somebody wanted to wake while the worker held it is due at once.
    wake_at = CASE WHEN i.release AND r.wake_requested THEN now() ELSE i.wake_at END,
    retried = i.retried,
    partial = i.partial,
    answer = coalesce(i.answer, r.answer),
    worker_id = CASE WHEN NOT i.release THEN r.worker_id END,
    wake_requested = r.wake_requested AND NOT i.release
  FROM unnest(p_ids, p_fences, p_statuses, p_wake_ats, p_errors, p_retried, p_partial, p_answers, p_releases, p_redrive_counts)
    AS i (id, fence, status, wake_at, error, retried, partial, answer, release, redrive_count)
  WHERE r.id = i.id AND (i.release OR i.status <> 'running' OR i.answer IS NOT NULL)
    AND r.fence = i.fence AND r.status NOT IN ('succeeded', 'failed', 'canceled')
  RETURNING r.id, r.status, r.wake_at, i.release, r.priority, r.gated, r.parent_run_id, r.parent_step_id,
    r.mode = 'live' AND r.failure_of IS NULL;
END $$;
