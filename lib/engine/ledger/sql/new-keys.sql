-- The step acts under new keys: the next generation of its own record, if it has one.
UPDATE idempotency_record SET state = 'claimed', fence = fence + 1, generation = generation + 1, first_sent_at = NULL
WHERE owner_step = $1 AND state <> 'succeeded'
