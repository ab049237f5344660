-- The common case: nobody holds the key. What does not come back was there before.
INSERT INTO idempotency_record (scope, key_hash, workspace_id, fingerprint, state, owner_run, owner_step, outbound_key, expires_at)
SELECT scope, key_hash, workspace_id, fingerprint, 'claimed', owner_run, owner_step, outbound_key, clock_timestamp() + ttl_ms * interval '1 millisecond'
FROM unnest($1::text[], $2::bytea[], $3::uuid[], $4::bytea[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[])
  AS t (scope, key_hash, workspace_id, fingerprint, owner_run, owner_step, outbound_key, ttl_ms)
ORDER BY scope, key_hash
ON CONFLICT (scope, key_hash) DO NOTHING
RETURNING owner_step
