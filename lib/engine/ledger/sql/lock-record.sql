SELECT r.state, r.fingerprint, r.fence::float8 AS fence, r.generation, r.owner_run, r.owner_step, r.outbound_key, r.result,
  r.expires_at < clock_timestamp() AS expired, (extract(epoch FROM r.first_sent_at) * 1000)::float8 AS first_sent_at_ms,
  (extract(epoch FROM coalesce(r.last_sent_at, r.first_sent_at)) * 1000)::float8 AS last_sent_at_ms
FROM idempotency_record r WHERE r.scope = $1 AND r.key_hash = $2 FOR UPDATE
