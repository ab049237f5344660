-- What the live runs since a time did at one step: the latest 5,000 runs, and of those at most 10,000 steps. `waited`: the first
-- call had to wait for more than a second for its place under a limit.
WITH runs AS (
  SELECT id FROM run WHERE workflow_id = $1 AND id >= uuid_at($3) AND mode = 'live' ORDER BY id DESC LIMIT 5000
), seen AS (
  -- One look by the key for each step: a join might read a whole week of attempts.
  SELECT s.*, CASE WHEN s.attempts > 0 THEN (
    SELECT a.created_at - a.asked_at FROM attempt a WHERE a.run_id = s.run_id AND a.step_id = s.id AND a.no = 1) END AS waited_for
  FROM runs r, LATERAL (
    SELECT run_id, id, status, port, error, wait_reason, attempts, attempts_base, throttled_attempts, started_at
    FROM step WHERE run_id = r.id AND node_id = $2 LIMIT 10000
  ) s LIMIT 10000
)
SELECT (SELECT count(*) FROM runs)::int AS runs, count(*)::int AS steps,
  (count(*) FILTER (WHERE seen.error ~ '"code":"(input|output|field)_invalid"'))::int AS invalid,
  (count(*) FILTER (WHERE seen.error IS NULL AND seen.port = 'rejected'))::int AS rejected,
  (count(*) FILTER (WHERE seen.waited_for > interval '1 second'))::int AS waited,
  (count(*) FILTER (WHERE seen.status = 'waiting' AND seen.wait_reason = 'throttle'))::int AS waiting,
  min(seen.started_at) FILTER (WHERE seen.status = 'waiting' AND seen.wait_reason = 'throttle') AS waiting_since,
  (count(*) FILTER (WHERE seen.throttled_attempts > 0))::int AS turned_away,
  (count(*) FILTER (WHERE seen.attempts - seen.attempts_base > 1))::int AS retried,
  (count(*) FILTER (WHERE seen.status = 'deduplicated'))::int AS duplicates,
  (SELECT count(*) FROM dead_letter l WHERE l.workflow_id = $1 AND l.node_id = $2 AND l.id >= uuid_at($3))::int AS dead_lettered,
  (SELECT a.request FROM (SELECT run_id, id FROM seen WHERE attempts > 0 ORDER BY run_id DESC LIMIT 1) last
    JOIN attempt a ON a.run_id = last.run_id AND a.step_id = last.id AND a.no = 1) AS last_request
FROM seen
