SELECT id, state, gen, extract(epoch FROM open_until)::float8 * 1000 AS until_ms,
  extract(epoch FROM open_until - clock_timestamp())::float8 * 1000 AS in_ms
FROM breaker_report($1::jsonb)
