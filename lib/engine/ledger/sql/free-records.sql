-- What a decision means for the steps' idempotency keys: `released` frees them; `claimed` lets a step send again under a
-- new generation, that is a new outbound key, because the remote may have stored an answer to the old one. With $4 the
-- person knows what became of the steps' calls.
WITH known AS (
  UPDATE step SET unsettled = NULL, key_generation = key_generation + ($2 = 'claimed')::int
  WHERE run_id = ANY ($3::uuid[]) AND id = ANY ($1::uuid[]) AND $4::boolean
)
UPDATE idempotency_record SET state = $2, fence = fence + 1, generation = generation + ($2 = 'claimed')::int, first_sent_at = NULL, last_sent_at = NULL
WHERE owner_step = ANY ($1::uuid[]) AND state IN ('unknown_outcome', 'sent')
