-- How buckets stand: until when they are paused, how many calls wait, and how much of each window may be used. A period counts
-- with the 100 ms by which a grant may be used late, as workers count it.
SELECT t.id AS bucket_id,
  (SELECT b.blocked_until FROM throttle_bucket b WHERE b.bucket_id = t.id AND b.period_ms = 0 AND b.blocked_until > clock_timestamp()) AS blocked_until,
  (SELECT count(*)::int FROM throttle_wait w WHERE w.bucket_id = t.id AND w.wake_at > clock_timestamp() - interval '1 second') AS waiting,
  (SELECT json_agg(json_build_object('perMs', r."perMs", 'usable',
      throttle_level(b, r."limit", (b.period_ms + 100) * interval '1 millisecond', clock_timestamp())))
    FROM jsonb_to_recordset($2::jsonb) AS r (bucket uuid, "perMs" bigint, "limit" int)
    JOIN throttle_bucket b ON b.bucket_id = r.bucket AND b.period_ms = r."perMs"
    WHERE r.bucket = t.id) AS levels
FROM unnest($1::uuid[]) AS t (id)
