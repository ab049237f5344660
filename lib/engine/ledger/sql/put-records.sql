-- Moves idempotency records along their state machine (engine.md 1.3). Only the record's own step, under the fence it
-- claimed with, may; a record that does not come back belongs to somebody else: do not send, discard the result.
WITH change AS (
  SELECT * FROM unnest($1::text[], $2::bytea[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[])
    AS t (scope, key_hash, fence, owner_step, state, result, renewed_key)
),
moved AS (
  UPDATE idempotency_record r SET
    state = c.state,
    result = coalesce(c.result, r.result),
    generation = r.generation + (c.renewed_key IS NOT NULL)::int,
    outbound_key = coalesce(c.renewed_key, r.outbound_key),
    -- However long the call took, its result stays for those who waited for it.
    expires_at = CASE WHEN c.state IN ('succeeded', 'failed_final') THEN greatest(r.expires_at, clock_timestamp() + interval '1 day') ELSE r.expires_at END,
    -- Claimed and released say that nothing was applied under the key: its time at the remote begins anew.
    first_sent_at = CASE WHEN c.state = 'sent' THEN coalesce(r.first_sent_at, clock_timestamp())
      WHEN c.state IN ('claimed', 'released') THEN NULL ELSE r.first_sent_at END,
    last_sent_at = CASE WHEN c.state = 'sent' THEN clock_timestamp() WHEN c.state IN ('claimed', 'released') THEN NULL ELSE r.last_sent_at END
  FROM change c
  WHERE r.scope = c.scope AND r.key_hash = c.key_hash AND r.fence = c.fence AND r.owner_step = c.owner_step
    AND r.state IN ('claimed', 'sent', 'unknown_outcome')
  RETURNING r.owner_step
)
SELECT owner_step FROM moved
