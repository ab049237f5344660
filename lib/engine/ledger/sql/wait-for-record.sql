INSERT INTO idempotency_waiter (scope, key_hash, run_id, step_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
