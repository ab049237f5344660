-- What commit-runs.sql does to the rows of runs, as a function: locking and writing are statements of their own here, so that the
-- second sees what the first waited for. In one statement PostgreSQL would have to check the rows again in the middle of it
-- (EvalPlanQual); with a plan of that size over a partitioned table, PostgreSQL 18.4 crashes there when a run is woken while a
-- commit of it waits for the row.
CREATE FUNCTION put_runs(
  p_ids uuid[], p_fences int[], p_statuses text[], p_wake_ats timestamptz[], p_errors text[], p_retried boolean[], p_partial boolean[],
  p_answers text[], p_releases boolean[], p_redrive_counts int[]
) RETURNS TABLE (
  id uuid, wake_requested boolean, priority smallint, gated boolean, parent_run_id uuid, parent_step_id uuid, telling boolean,
  status text, wake_at timestamptz, release boolean, goes_on boolean
) LANGUAGE plpgsql ROWS 20 AS $$
#variable_conflict use_column
BEGIN
  PERFORM FROM run r WHERE r.id = ANY (p_ids) ORDER BY r.id FOR NO KEY UPDATE;
  RETURN QUERY
  WITH owned AS MATERIALIZED (
    SELECT r.id, r.wake_requested, r.priority, r.gated, r.parent_run_id, r.parent_step_id,
      r.mode = 'live' AND r.failure_of IS NULL AS telling,
      i.status, i.wake_at, i.error, i.retried, i.partial, i.answer, i.release,
      -- A run that is to end while a step of it is being redriven goes on instead. One that is to succeed can have such a step
      -- only in a loop that tolerates failures.
      r.wake_requested AND (i.status = 'failed' OR (i.status = 'succeeded' AND r.redrive_count > i.redrive_count)) AS goes_on
    FROM unnest(p_ids, p_fences, p_statuses, p_wake_ats, p_errors, p_retried, p_partial, p_answers, p_releases, p_redrive_counts)
      AS i (id, fence, status, wake_at, error, retried, partial, answer, release, redrive_count)
    JOIN run r ON r.id = i.id
    WHERE r.fence = i.fence AND r.status NOT IN ('succeeded', 'failed', 'canceled')
  ),
  put AS (
    UPDATE run r SET
      status = CASE WHEN e.goes_on THEN 'waiting' ELSE e.status END,
      wake_at = e.wake_at,
      error = CASE WHEN NOT e.goes_on THEN e.error END,
      retried = e.retried,
      partial = e.partial,
      answer = coalesce(e.answer, r.answer),
      worker_id = CASE WHEN e.release THEN NULL ELSE r.worker_id END,
      wake_requested = r.wake_requested AND NOT e.release,
      finished_at = CASE WHEN e.status IN ('succeeded', 'failed', 'canceled') AND NOT e.goes_on THEN clock_timestamp() END
    FROM owned e
    WHERE r.id = e.id AND (e.release OR e.status <> r.status OR e.answer IS NOT NULL)
  )
  SELECT o.id, o.wake_requested, o.priority, o.gated, o.parent_run_id, o.parent_step_id, o.telling, o.status, o.wake_at, o.release, o.goes_on
  FROM owned o;
END $$;
