SELECT r.state, r.fingerprint, r.fence::float8 AS fence, r.generation, r.owner_run, r.owner_step, r.outbound_key, r.result,
  r.expires_at < clock_timestamp() AS expired
FROM idempotency_record r WHERE r.scope = $1 AND r.key_hash = $2 FOR UPDATE
