-- Nothing is held for longer than twice its life ($2, ms): no place in a pool, no probe of a breaker.
SELECT 'place of ' || l.holder || ' in pool ' || l.pool_id || ' is held until ' || l.lease_until || ', longer than it may live' AS violation
FROM concurrency_lease l
WHERE l.workspace_id = $1 AND l.lease_until > clock_timestamp() + $2::int * interval '1 millisecond'
UNION ALL
SELECT 'place of ' || l.holder || ' in pool ' || l.pool_id || ' is held although its run ended at ' || r.finished_at
FROM concurrency_lease l JOIN step s ON s.id::text = l.holder JOIN run r ON r.id = s.run_id
WHERE l.workspace_id = $1 AND l.lease_until > clock_timestamp() AND r.finished_at < clock_timestamp() - $2::int * interval '1 millisecond'
UNION ALL
SELECT 'probe ' || p.n || ' of breaker ' || p.id || ' is held until ' || p.lease_until || ', longer than it may live'
FROM breaker_probe p JOIN breaker b ON b.id = p.id
WHERE b.workspace_id = $1 AND p.lease_until > clock_timestamp() + $2::int * interval '1 millisecond'
