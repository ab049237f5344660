-- Claims the duplicate keys of events under control, as accept-events.sql does: whoever had a key before keeps it while it lives.
INSERT INTO event_dedup AS d (trigger_id, key_hash, run_id, event_id, body_hash, expires_at)
SELECT trigger_id, key_hash, run_id, event_id, body_hash, clock_timestamp() + ttl_ms * interval '1 millisecond'
FROM unnest($1::uuid[], $2::bytea[], $3::uuid[], $4::uuid[], $5::bytea[], $6::bigint[]) AS t (trigger_id, key_hash, run_id, event_id, body_hash, ttl_ms)
ORDER BY 1, 2
ON CONFLICT (trigger_id, key_hash) DO UPDATE
  SET run_id = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.run_id ELSE d.run_id END,
      event_id = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.event_id ELSE d.event_id END,
      body_hash = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.body_hash ELSE d.body_hash END,
      expires_at = CASE WHEN d.expires_at < clock_timestamp() THEN excluded.expires_at ELSE d.expires_at END
RETURNING d.trigger_id, d.key_hash, d.run_id, d.event_id, d.body_hash
