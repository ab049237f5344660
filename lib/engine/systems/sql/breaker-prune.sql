-- No window is longer than an hour. A breaker nobody has asked for a day is as good as one that was never there; what
-- somebody is just using is left for the next time.
WITH slot AS (
  DELETE FROM breaker_slot WHERE second < extract(epoch FROM clock_timestamp()) - 3660
),
witness AS (
  DELETE FROM breaker_witness WHERE seen_at < clock_timestamp() - interval '61 minutes'
),
opening AS (
  DELETE FROM breaker_opening WHERE opened_at < clock_timestamp() - interval '2 days'
),
unused AS (
  DELETE FROM breaker b USING (
    SELECT id FROM breaker
    WHERE state <> 'isolated' AND greatest(changed_at, open_until) < clock_timestamp() - interval '1 day'
    LIMIT 1000 FOR UPDATE SKIP LOCKED
  ) idle
  WHERE b.id = idle.id
)
DELETE FROM breaker_probe p WHERE NOT EXISTS (SELECT FROM breaker b WHERE b.id = p.id AND b.gen = p.gen)
