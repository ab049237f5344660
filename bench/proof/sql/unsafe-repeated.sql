-- An unsafe call that was cut off after SENT is not made again unless a person said so.
SELECT 'run ' || a.run_id || ' made unsafe call ' || later.no || ' after attempt ' || a.no || ' was lost' AS violation
FROM attempt a JOIN step s ON s.run_id = a.run_id AND s.id = a.step_id JOIN attempt later ON later.run_id = a.run_id AND later.step_id = a.step_id AND later.no > a.no
JOIN run r ON r.id = a.run_id
WHERE a.workspace_id = $1 AND s.effect = 'unsafe' AND a.state = 'lost' AND a.sent_at IS NOT NULL AND later.sent_at IS NOT NULL AND r.redrive_count = 0
