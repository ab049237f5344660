-- A key of this batch or an earlier one is not applied again; what is not returned was a repeat.
INSERT INTO sandbox_effect (id, target_id, idempotency_key, method, path, body)
SELECT id, target_id, idempotency_key, method, path, body
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) AS i (id, target_id, idempotency_key, method, path, body)
ON CONFLICT (target_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
RETURNING id, target_id, idempotency_key, method, path, applied_at
