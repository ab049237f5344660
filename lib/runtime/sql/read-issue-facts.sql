-- What the keeper needs to know of the issues that are not settled, a page at a time. Ids begin with their time, so counting by time
-- is counting by id; the runs looked at for successes are bounded.
SELECT i.id, i.type, i.status, i.escalating, i.snooze, i.count, w.live_version,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms, (extract(epoch FROM i.first_seen_at) * 1000)::float8 AS first_seen_ms,
  (extract(epoch FROM i.last_seen_at) * 1000)::float8 AS last_seen_ms,
  (SELECT count(*)::int FROM dead_letter l WHERE l.issue_id = i.id AND l.id >= uuid_at(now() - interval '5 minutes')) AS last_5_minutes,
  (SELECT count(*)::int FROM dead_letter l WHERE l.issue_id = i.id AND l.id >= uuid_at(now() - interval '1 hour')) AS last_hour,
  (SELECT count(*)::int FROM dead_letter l WHERE l.issue_id = i.id AND l.id >= uuid_at(now() - interval '169 hours')
    AND l.id < uuid_at(now() - interval '1 hour')) AS week_before,
  (SELECT count(*)::int FROM (
    SELECT FROM (
      SELECT r.id FROM run r WHERE r.workflow_id = i.workflow_id AND r.id >= uuid_at(i.last_seen_at + interval '1 ms') ORDER BY r.id LIMIT 1000) r
    JOIN step s ON s.run_id = r.id AND s.node_id = i.node_id AND s.status = 'succeeded'
    LIMIT $2) healthy) AS successes_since
FROM issue i LEFT JOIN workflow w ON w.id = i.workflow_id
WHERE i.status IN ('open', 'acknowledged', 'snoozed') AND i.merged_into IS NULL AND i.id > $1
ORDER BY i.id LIMIT 200
