-- Declares one worker process dead because its supervisor saw it end.
UPDATE worker SET stopped_at = clock_timestamp() WHERE stopped_at IS NULL AND host = $1 AND pid = $2
RETURNING id
