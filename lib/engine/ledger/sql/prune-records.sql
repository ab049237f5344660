-- Forgets a batch of keys past their life. Deleting one opens its door again, so it stays, whatever its age, while a run that
-- may still need it has not ended, while a person has yet to decide on its step, and while what became of its call is open.
DELETE FROM idempotency_record r USING (
  SELECT o.scope, o.key_hash FROM idempotency_record o
  WHERE o.expires_at < clock_timestamp() AND o.state IN ('claimed', 'succeeded', 'failed_final', 'released')
    AND NOT EXISTS (SELECT FROM run u WHERE u.id = o.owner_run AND u.status NOT IN ('succeeded', 'failed', 'canceled'))
    AND NOT EXISTS (SELECT FROM dead_letter l WHERE l.step_id = o.owner_step AND l.status IN ('open', 'redriving'))
    AND NOT EXISTS (
      SELECT FROM idempotency_waiter w JOIN run u ON u.id = w.run_id AND u.status NOT IN ('succeeded', 'failed', 'canceled')
      WHERE w.scope = o.scope AND w.key_hash = o.key_hash)
  ORDER BY o.expires_at LIMIT $1::int FOR UPDATE OF o SKIP LOCKED
) old
WHERE r.scope = old.scope AND r.key_hash = old.key_hash
