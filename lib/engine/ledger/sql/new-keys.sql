-- The step acts under new keys: the next generation of its own record. Where another step has used its key since, or used it before
-- with another input, the run as a whole goes on under new keys.
WITH own AS (
  UPDATE idempotency_record SET state = 'claimed', fence = fence + 1, generation = generation + 1, first_sent_at = NULL
  WHERE owner_step = $1 AND state <> 'succeeded'
  RETURNING owner_step
)
UPDATE run r SET keys_of = r.id
WHERE r.id = $2 AND NOT EXISTS (SELECT FROM own)
  AND EXISTS (SELECT FROM step s WHERE s.run_id = $2 AND s.id = $1 AND s.idempotency_key IS NOT NULL)
