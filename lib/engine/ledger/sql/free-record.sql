-- What a decision means for the step's idempotency key: `released` frees it; `claimed` lets the step send again under a
-- new generation, that is a new outbound key, because the remote may have stored an answer to the old one. With $4 the
-- person knows what became of the step's calls.
WITH known AS (
  UPDATE step SET unsettled = NULL, key_generation = key_generation + ($2 = 'claimed')::int WHERE run_id = $3 AND id = $1 AND $4::boolean
)
UPDATE idempotency_record SET state = $2, fence = fence + 1, generation = generation + ($2 = 'claimed')::int, first_sent_at = NULL, last_sent_at = NULL
WHERE owner_step = $1 AND state IN ('unknown_outcome', 'sent')
