-- Waiters whose run has ended, or is gone: nobody is to be woken any more.
DELETE FROM idempotency_waiter w USING (
  SELECT o.scope, o.key_hash, o.step_id FROM idempotency_waiter o
  WHERE NOT EXISTS (SELECT FROM run u WHERE u.id = o.run_id AND u.status NOT IN ('succeeded', 'failed', 'canceled'))
  LIMIT $1::int FOR UPDATE OF o SKIP LOCKED
) old
WHERE w.scope = old.scope AND w.key_hash = old.key_hash AND w.step_id = old.step_id
