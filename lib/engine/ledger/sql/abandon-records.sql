-- Steps that end without a result let go of their keys. A key is free when it is certain that nothing was applied under it;
-- one that was sent goes on as sent, for the next in line to find out; and of one a person is asked about, nobody else may.
WITH given AS (
  SELECT * FROM unnest($1::text[], $2::bytea[], $3::uuid[], $4::boolean[]) AS t (scope, key_hash, step_id, unknown)
),
gone AS (
  DELETE FROM idempotency_waiter w USING given g WHERE w.scope = g.scope AND w.key_hash = g.key_hash AND w.step_id = g.step_id
)
UPDATE idempotency_record r SET state = CASE WHEN r.state = 'claimed' THEN 'released' WHEN g.unknown THEN 'unknown_outcome' ELSE r.state END
FROM given g WHERE r.scope = g.scope AND r.key_hash = g.key_hash AND r.owner_step = g.step_id AND r.state IN ('claimed', 'sent')
