-- Longer than a breaker that nobody asks is kept.
DELETE FROM guard_place WHERE seen_at < clock_timestamp() - interval '2 days'
