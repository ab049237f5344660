SELECT no, go, probe, state, gen, extract(epoch FROM until)::float8 * 1000 AS until_ms,
  extract(epoch FROM until - decided_at)::float8 * 1000 AS in_ms
FROM breaker_admit($1::jsonb)
