UPDATE idempotency_record SET state = $3, fence = fence + 1, generation = $4, outbound_key = $5, fingerprint = $6, owner_run = $7, owner_step = $8,
  result = NULL, first_sent_at = CASE WHEN $3 = 'sent' THEN first_sent_at END, last_sent_at = CASE WHEN $3 = 'sent' THEN last_sent_at END,
  expires_at = clock_timestamp() + $9::bigint * interval '1 millisecond'
WHERE scope = $1 AND key_hash = $2
RETURNING fence::float8 AS fence
