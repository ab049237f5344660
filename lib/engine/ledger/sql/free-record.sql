-- What a decision means for the step's idempotency key: `released` frees it; `claimed` lets the step send again under a
-- new generation, that is a new outbound key, because the remote may have stored an answer to the old one.
UPDATE idempotency_record SET state = $2, fence = fence + 1, generation = generation + ($2 = 'claimed')::int
WHERE owner_step = $1 AND state IN ('unknown_outcome', 'sent')
