-- Declares silent workers dead. Whoever runs it first does it; the rest find nothing.
UPDATE worker SET stopped_at = clock_timestamp()
WHERE stopped_at IS NULL AND last_seen_at < clock_timestamp() - $1::int * interval '1 millisecond'
RETURNING id
