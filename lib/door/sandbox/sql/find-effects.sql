SELECT e.id, e.target_id, e.idempotency_key, e.method, e.path, e.applied_at
FROM sandbox_effect e JOIN unnest($1::uuid[], $2::text[]) AS i (target_id, idempotency_key)
  ON e.target_id = i.target_id AND e.idempotency_key = i.idempotency_key
