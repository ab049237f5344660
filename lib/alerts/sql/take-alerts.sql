-- Takes the alerts of one message for an attempt, unless another worker has sent through the channel since it was looked at ($2 are
-- the grants as they were). Whoever dies with them leaves them to be taken again after $6 ms.
WITH channel AS (
  UPDATE alert_channel SET grants = $3, resume_at = to_timestamp($4::float8 / 1000) WHERE id = $1 AND grants = $2 AND enabled RETURNING id
)
UPDATE alert a SET message_id = $5, attempts = a.attempts + 1, next_at = clock_timestamp() + $6::int * interval '1 millisecond'
FROM channel c
WHERE a.channel_id = c.id AND a.id = ANY ($7::uuid[]) AND a.state = 'pending' AND a.next_at <= clock_timestamp()
RETURNING a.id, a.attempts
