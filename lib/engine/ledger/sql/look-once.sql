-- The step looks before it does anything else, and this look ($3 have been made) is the last: what it says counts. Where the
-- step itself kept no note of a call in doubt, its attempts tell when calls were sent.
UPDATE step s SET unsettled = (
  coalesce(s.unsettled::jsonb, jsonb_build_object('firstSentAtMs', sent.first_ms, 'lastSentAtMs', sent.last_ms, 'answered', true))
  || jsonb_build_object('lookFirst', true, 'looks', $3::int, 'lookedAtMs', NULL)
)::text
FROM (
  SELECT floor(extract(epoch FROM coalesce(min(a.sent_at), clock_timestamp())) * 1000)::bigint AS first_ms,
    floor(extract(epoch FROM coalesce(max(a.sent_at), clock_timestamp())) * 1000)::bigint AS last_ms
  FROM attempt a WHERE a.run_id = $2 AND a.step_id = $1 AND a.kind = 'call'
) sent
WHERE s.run_id = $2 AND s.id = $1
