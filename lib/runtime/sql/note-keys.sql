-- Keys of what was there before the trigger: known from now on, without a run.
INSERT INTO event_dedup AS d (trigger_id, key_hash, run_id, event_id, body_hash, expires_at)
SELECT $1, key_hash, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', ''::bytea,
  clock_timestamp() + $3::bigint * interval '1 millisecond'
FROM unnest($2::bytea[]) AS t (key_hash) ORDER BY key_hash
ON CONFLICT (trigger_id, key_hash) DO UPDATE SET expires_at = greatest(d.expires_at, excluded.expires_at)
