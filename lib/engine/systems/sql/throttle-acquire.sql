SELECT holder, granted,
  ceil(extract(epoch FROM at) * 1000)::float8 AS at_ms,
  greatest(0, ceil(extract(epoch FROM at - decided_at) * 1000))::float8 AS in_ms,
  extract(epoch FROM queued_at)::float8 * 1000 AS queued_at_ms,
  bound_by
FROM throttle_acquire($1::jsonb, $2::int * interval '1 millisecond', $3::int * interval '1 millisecond')
