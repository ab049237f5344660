SELECT id, state, gen, extract(epoch FROM until)::float8 * 1000 AS until_ms,
  extract(epoch FROM until - told_at)::float8 * 1000 AS in_ms, alone, others
FROM breaker_tell($1::jsonb, $2::uuid)
