-- Which keys were seen before. One that is still listed is remembered on: it would start a run once more when it is forgotten.
WITH kept AS (
  UPDATE event_dedup SET expires_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
  WHERE trigger_id = $1 AND key_hash = ANY($2::bytea[]) AND expires_at > clock_timestamp()
    AND expires_at < clock_timestamp() + $3::bigint / 2 * interval '1 millisecond'
)
SELECT key_hash FROM event_dedup WHERE trigger_id = $1 AND key_hash = ANY($2::bytea[]) AND expires_at > clock_timestamp()
