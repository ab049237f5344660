-- Keys of events that are remembered no longer: the same event would be a new one from here on, whether the row is there or not.
DELETE FROM event_dedup d USING (
  SELECT trigger_id, key_hash FROM event_dedup WHERE expires_at <= now() LIMIT 10000 FOR UPDATE SKIP LOCKED
) old
WHERE d.trigger_id = old.trigger_id AND d.key_hash = old.key_hash
