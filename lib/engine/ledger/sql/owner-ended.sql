-- Asked in a statement of its own after the record is locked: only then is the answer not older than the lock.
SELECT s.status IN ('succeeded', 'failed', 'skipped', 'deduplicated') OR r.status IN ('succeeded', 'failed', 'canceled') AS ended
FROM run r LEFT JOIN step s ON s.run_id = r.id AND s.id = $2 WHERE r.id = $1
