-- The end of a turn: how far the list is read, when to go on, and how it went. Only under the fence of the turn.
UPDATE poll_state SET cursor = $3, sweep = $4, seeded = $5, failures = $6, last_error = $7, leased_until = NULL,
  next_poll_at = clock_timestamp() + $8::float8 * interval '1 millisecond', last_polled_at = clock_timestamp(),
  last_ok_at = CASE WHEN $9 THEN clock_timestamp() ELSE last_ok_at END
WHERE trigger_id = $1 AND fence = $2
